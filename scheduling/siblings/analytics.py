"""svc-analytics: the results of optimizations."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call, attempt
from scheduling.siblings.tasks import run

# Without a body, only the contract's 202 tells svc-analytics' own response from that of a proxy.
_SUCCESS_STATUSES = frozenset({HTTPStatus.ACCEPTED})


def send_event(body: Mapping[str, Any], *, key: str, deadline: Deadline) -> None:
    """Report an event; the response has no body. Raises SiblingRefusal and SiblingUnavailable."""
    call = Call(
        Sibling.ANALYTICS, "ingestAnalyticsEvent", "/events", body=body, key=key, success_statuses=_SUCCESS_STATUSES
    )
    run(attempt(call, lambda _: None, deadline))
