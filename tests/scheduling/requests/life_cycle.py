"""Shortcuts of tests of the life cycle: steps of a request, and what they leave behind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from events.models import OutboxMessage
from scheduling.models import RequestJob, ScheduleRequest
from scheduling.requests.claims import QUEUE, RequestClaim, claim_request, complete_request
from tests.factories import TOMORROW
from tests.scheduling.requests.queues import queued

Committing = Callable[..., Any]
LONG_AGO, LATER = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(days=1)


def claimed(request: ScheduleRequest) -> RequestClaim:
    claim = claim_request(request.pk)
    assert claim
    return claim


def complete(claim: RequestClaim) -> None:
    complete_request(claim, result={"recommended_dates": []}, run_id=uuid4(), chosen=TOMORROW, departure_id=None)


def status_of(request: ScheduleRequest) -> str:
    request.refresh_from_db()
    return request.status


def job_of(request: ScheduleRequest) -> RequestJob:
    return RequestJob.objects.get(pk=request.pk)


def due_now(request: ScheduleRequest) -> None:
    RequestJob.objects.filter(pk=request.pk).update(not_before=LONG_AGO)


def lapse(request: ScheduleRequest) -> None:
    RequestJob.objects.filter(pk=request.pk).update(lease_until=LONG_AGO)


def alerts() -> list[dict[str, str]]:
    messages = OutboxMessage.objects.filter(destination="svc-notifications", kind="operations.alert")
    return [message.payload["body"]["variables"] for message in messages]


def called_back() -> list[dict[str, Any]]:
    return [message.payload for message in OutboxMessage.objects.filter(destination="callback").order_by("pk")]


def in_queue() -> list[tuple[int, str]]:
    """Take the queued requests out of the queue, with their priorities, the most urgent first."""
    return [(priority, arguments[0]) for priority, arguments in queued(QUEUE)]
