"""Shortcuts of tests about schedule requests that need no siblings."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from scheduling.models import Priority, RequestJob, RequestStatus, ScheduleRequest
from tests.factories import TOMORROW


def pending(*, priority: Priority = Priority.NORMAL, **job: Any) -> ScheduleRequest:
    """A stored request, accepted and not yet claimed."""
    request = ScheduleRequest.objects.create(
        schedule_date=TOMORROW,
        requested_by="kiosk",
        status=RequestStatus.PENDING,
        constraints={
            "trip_id": str(uuid4()),
            "preferred_dates": [str(TOMORROW), str(TOMORROW + timedelta(days=1))],
            "priority": priority.value,
            "callback_url": "https://client.example.com/hook",
        },
    )
    RequestJob.objects.create(request=request, priority=priority, subject="kiosk", body_hash="0" * 64, **job)
    return request
