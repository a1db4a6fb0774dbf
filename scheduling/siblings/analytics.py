"""svc-analytics: what an optimization brought."""

from collections.abc import Mapping
from typing import Any

import httpx

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call, attempt

# The answer has no body to recognise it by: any other status is not svc-analytics' own.
ACCEPTED = frozenset({httpx.codes.ACCEPTED})


def send_event(body: Mapping[str, Any], *, key: str, deadline: Deadline) -> None:
    """Report an event; the answer has no body. Raises SiblingRefusal and SiblingUnavailable."""
    call = Call(Sibling.ANALYTICS, "ingestAnalyticsEvent", "/events", body=body, key=key, answered_with=ACCEPTED)
    attempt(call, lambda _: None, deadline)
