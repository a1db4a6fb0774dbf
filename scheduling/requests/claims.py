"""The life of a schedule request between submission and outcome. The table is the truth, the queue a hint.

A claim holds a lease and a token; whoever finishes names the token, so that a worker that was slow to die
writes nothing. What nobody has in hand is queued again by the sweeper.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events import outbox
from events.dead_letters import record_dead_letter
from novatrek_scheduling.queue import enqueue
from scheduling.models import (
    MAX_ATTEMPTS,
    Claim,
    ClaimLost,
    Priority,
    RequestJob,
    RequestOutcome,
    RequestStatus,
    ScheduleRequest,
)

PROCESS_TASK = "optimization.process_schedule_request"
QUEUE = "requests"
QUEUE_PRIORITY = {Priority.URGENT: 0, Priority.HIGH: 3, Priority.NORMAL: 6}
MAX_ROUNDS = 5
MAX_SILENT_ROUNDS, LONGEST_SILENCE = 9, timedelta(minutes=5)
DEAD_LETTER_SOURCE = "schedule-requests"


@dataclass(frozen=True, slots=True)
class RequestClaim(Claim):
    """A schedule request in the hands of one worker."""

    request: ScheduleRequest
    rounds: int
    silent_rounds: int


def enqueue_request(request_id: UUID, priority: str, *, delay: timedelta = timedelta()) -> None:
    """Queue the request once the transaction commits; the sweeper queues again what the queue lost."""
    enqueue(PROCESS_TASK, str(request_id), queue=QUEUE, priority=QUEUE_PRIORITY[Priority(priority)], delay=delay)


@transaction.atomic
def claim_request(request_id: UUID) -> RequestClaim | None:
    """Claim the request; None where it is done, not due, or held by another worker."""
    now = timezone.now()
    job = _locked(request_id)
    if job is None or not job.may_be_claimed(now):
        return None
    claim = job.hold(now, timedelta(seconds=settings.REQUEST_LEASE_SECONDS))
    job.request.status = RequestStatus.PROCESSING
    job.request.save(update_fields=["status"])
    return RequestClaim(claim.pk, claim.token, claim.attempts, job.request, job.rounds, job.silent_rounds)


def _locked(request_id: UUID) -> RequestJob | None:
    # Two workers with the same message: one locks the row, the other has nothing to do.
    rows = RequestJob.objects.select_for_update(skip_locked=True).select_related("request")
    return rows.filter(pk=request_id).first()


def complete_request(
    claim: RequestClaim, *, result: Mapping[str, Any], run_id: UUID, chosen: date | None, departure_id: UUID | None
) -> None:
    """Store the outcome in the transaction of what it decided. Raises ClaimLost, which rolls that back."""
    _finish(claim, RequestStatus.COMPLETED, chosen)
    RequestOutcome.objects.create(
        request=claim.request, result=result, completed_at=timezone.now(), run_id=run_id, departure_id=departure_id
    )
    _record_callback(claim.request, RequestStatus.COMPLETED, result=dict(result))


@transaction.atomic
def fail_request(claim: RequestClaim, *, code: str, message: str, run_id: UUID | None = None) -> None:
    """Store an error that the client can act on. Raises ClaimLost."""
    _finish(claim, RequestStatus.FAILED, None)
    _record_failure(claim.request, code, message, run_id)


@transaction.atomic
def fail_with_dead_letter(claim: RequestClaim, *, code: str, message: str, run_id: UUID | None = None) -> None:
    """Fail a request by a fault of this service, with a dead letter for operations. Raises ClaimLost."""
    fail_request(claim, code=code, message=message, run_id=run_id)
    _record_dead_letter(claim.request, message)


def _record_failure(request: ScheduleRequest, code: str, message: str, run_id: UUID | None = None) -> None:
    RequestOutcome.objects.create(
        request=request, error_code=code, error_message=message, completed_at=timezone.now(), run_id=run_id
    )
    _record_callback(request, RequestStatus.FAILED, error={"code": code, "message": message})


def _record_callback(request: ScheduleRequest, status: RequestStatus, **outcome: Any) -> None:
    """Record the callback that the client asked for, in the transaction that decides the outcome."""
    url = request.constraints.get("callback_url")
    if url:
        outbox.record(
            destination="callback",
            key=str(request.pk),
            kind=f"schedule_request.{status.lower()}",
            payload={"id": str(request.pk), "status": status.value} | outcome,
            url=url,
        )


def _finish(claim: RequestClaim, status: RequestStatus, chosen: date | None) -> None:
    RequestJob.objects.settle(claim)
    changes: dict[str, Any] = {"status": status}
    if chosen is not None:
        changes["schedule_date"] = chosen
    in_hand = ScheduleRequest.objects.filter(pk=claim.request.pk, status=RequestStatus.PROCESSING)
    if not in_hand.update(**changes):
        raise ClaimLost(f"Request {claim.request.pk} is finished already.")


@transaction.atomic
def release_claim(claim: RequestClaim, *, guide_names: Iterable[str] = ()) -> None:
    """Contention is not failure: try again later, at most five rounds; then the request fails."""
    if claim.rounds + 1 >= MAX_ROUNDS:
        message = "The same daily schedules kept changing concurrently; submit the request again."
        fail_request(claim, code="RETRIES_EXHAUSTED", message=message)
        _record_dead_letter(claim.request, message, guide_names)
        return
    _put_back(claim, timedelta(seconds=2**claim.rounds), attempts=claim.attempts - 1, rounds=claim.rounds + 1)


@transaction.atomic
def postpone_request(claim: RequestClaim, *, code: str, message: str) -> None:
    """Put the request back while a sibling is unavailable, for some ten minutes; then it fails with `code`."""
    if claim.silent_rounds + 1 >= MAX_SILENT_ROUNDS:
        fail_request(claim, code=code, message=message)
        _record_dead_letter(claim.request, message)
        return
    delay = min(LONGEST_SILENCE, timedelta(seconds=5 * 2**claim.silent_rounds))
    _put_back(claim, delay, attempts=claim.attempts - 1, silent_rounds=claim.silent_rounds + 1)


def _put_back(claim: RequestClaim, delay: timedelta, **counts: int) -> None:
    RequestJob.objects.settle(claim, not_before=timezone.now() + delay, **counts)
    ScheduleRequest.objects.filter(pk=claim.request.pk).update(status=RequestStatus.PENDING)
    enqueue_request(claim.request.pk, Priority.URGENT, delay=delay)


@transaction.atomic
def sweep_requests(now: datetime) -> int:
    """Queue again what nobody has in hand; fail what cost three attempts. Returns how many were queued."""
    # A request that waited this long goes in front, so that urgent ones do not starve the others.
    patience = timedelta(seconds=settings.REQUEST_PATIENCE_SECONDS)
    abandoned = (
        RequestJob.objects.abandoned(now, unclaimed_since=now - patience)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("request")
        .order_by("queued_at")[:1000]
    )
    queued = 0
    for job in abandoned:
        if job.attempts >= MAX_ATTEMPTS:
            _fail_exhausted(job)
            continue
        RequestJob.objects.filter(pk=job.pk).update(queued_at=now)
        enqueue_request(job.pk, Priority.URGENT)
        queued += 1
    return queued


@transaction.atomic
def reopen_request(request_id: UUID) -> bool:
    """Start a FAILED request over, as if it came in now; False where it is not FAILED."""
    failed = ScheduleRequest.objects.filter(pk=request_id, status=RequestStatus.FAILED)
    if not failed.update(status=RequestStatus.PENDING):
        return False
    RequestOutcome.objects.filter(pk=request_id).delete()
    job, now = RequestJob.objects.filter(pk=request_id), timezone.now()
    counts = {"attempts": 0, "rounds": 0, "silent_rounds": 0}
    job.update(token=F("token") + 1, lease_until=None, queued_at=now, not_before=now, **counts)
    enqueue_request(request_id, job.get().priority)
    return True


def _fail_exhausted(job: RequestJob) -> None:
    message = f"The request could not be worked on: {MAX_ATTEMPTS} attempts ended without an answer."
    ended = ScheduleRequest.objects.filter(
        pk=job.pk, status__in=[RequestStatus.PENDING, RequestStatus.PROCESSING]
    ).update(status=RequestStatus.FAILED)
    if ended:
        RequestJob.objects.filter(pk=job.pk).update(token=job.token + 1, lease_until=None)
        _record_failure(job.request, "ATTEMPTS_EXHAUSTED", message)
        _record_dead_letter(job.request, message)


def _record_dead_letter(request: ScheduleRequest, reason: str, guide_names: Iterable[str] = ()) -> None:
    record_dead_letter(
        source=DEAD_LETTER_SOURCE,
        reason=reason,
        payload={
            "request_id": str(request.pk),
            "constraints": request.constraints,
            "guide_names": sorted(guide_names),
        },
        key=str(request.pk),
    )
