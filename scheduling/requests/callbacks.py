"""Callbacks to the clients of schedule requests, recorded in the transaction of what they report."""

from typing import Any

from events import outbox
from scheduling.models import RequestStatus, ScheduleRequest

CALLBACK_FIELD = "callback_url"


def record_callback(request: ScheduleRequest, status: RequestStatus, **outcome: Any) -> None:
    """Record the callback that the client requested, if any: the request's status, and its `outcome` by field."""
    url = request.constraints.get(CALLBACK_FIELD)
    if url:
        outbox.record(
            destination="callback",
            key=str(request.pk),
            kind=f"schedule_request.{status.lower()}",
            payload={"id": str(request.pk), "status": status.value} | outcome,
            url=url,
        )
