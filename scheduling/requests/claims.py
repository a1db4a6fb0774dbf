"""The life cycle of a schedule request between submission and outcome, on leased work.

The table is authoritative, the queue a hint. A claim has a lease and a fencing token; a worker that finishes names the
token, so that one whose lease has passed to another worker writes nothing. Requests that no worker holds are queued
again by the sweeper.
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
from scheduling.requests.callbacks import record_callback

PROCESS_TASK = "optimization.process_schedule_request"
QUEUE = "requests"
QUEUE_PRIORITY = {Priority.URGENT: 0, Priority.HIGH: 3, Priority.NORMAL: 6}
MAX_ROUNDS = 5
MAX_SILENT_ROUNDS, LONGEST_DELAY = 9, timedelta(minutes=5)
DEAD_LETTER_SOURCE = "schedule-requests"


@dataclass(frozen=True, slots=True)
class RequestClaim(Claim):
    """A schedule request held by one worker.

    `rounds` counts the releases after contention, `silent_rounds` those while a sibling was unavailable.
    """

    request: ScheduleRequest
    rounds: int
    silent_rounds: int


def enqueue_request(request_id: UUID, priority: str, *, delay: timedelta = timedelta()) -> None:
    """Queue the request once the transaction commits; the sweeper queues again a message that was lost."""
    enqueue(PROCESS_TASK, str(request_id), queue=QUEUE, priority=QUEUE_PRIORITY[Priority(priority)], delay=delay)


@transaction.atomic(savepoint=False)
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
    # Of two workers with the same message one locks the row; the other has nothing to do.
    rows = RequestJob.objects.select_for_update(skip_locked=True).select_related("request")
    return rows.filter(pk=request_id).first()


def complete_request(
    claim: RequestClaim, *, result: Mapping[str, Any], run_id: UUID, chosen: date | None, departure_id: UUID | None
) -> None:
    """Store the outcome, in the transaction that writes its decisions. Raises ClaimLost, which rolls them back."""
    _finish(claim, RequestStatus.COMPLETED, chosen)
    RequestOutcome.objects.create(
        request=claim.request, result=result, completed_at=timezone.now(), run_id=run_id, departure_id=departure_id
    )
    record_callback(claim.request, RequestStatus.COMPLETED, result=dict(result))


@transaction.atomic
def fail_request(claim: RequestClaim, *, code: str, message: str, run_id: UUID | None = None) -> None:
    """Fail the request with an error that its client can act on. Raises ClaimLost."""
    _finish(claim, RequestStatus.FAILED, None)
    _record_failure(claim.request, code, message, run_id)


@transaction.atomic
def fail_with_dead_letter(claim: RequestClaim, *, code: str, message: str, run_id: UUID | None = None) -> None:
    """Fail the request by a fault of this service, with a dead letter for operations. Raises ClaimLost."""
    fail_request(claim, code=code, message=message, run_id=run_id)
    _record_dead_letter(claim.request, message)


def _record_failure(request: ScheduleRequest, code: str, message: str, run_id: UUID | None = None) -> None:
    RequestOutcome.objects.create(
        request=request, error_code=code, error_message=message, completed_at=timezone.now(), run_id=run_id
    )
    record_callback(request, RequestStatus.FAILED, error={"code": code, "message": message})


def _finish(claim: RequestClaim, status: RequestStatus, chosen: date | None) -> None:
    RequestJob.objects.settle(claim)
    changes: dict[str, Any] = {"status": status}
    if chosen is not None:
        changes["schedule_date"] = chosen
    processing = ScheduleRequest.objects.filter(pk=claim.request.pk, status=RequestStatus.PROCESSING)
    if not processing.update(**changes):
        raise ClaimLost(f"Request {claim.request.pk} is finished already.")


@transaction.atomic
def release_claim(claim: RequestClaim, *, guide_names: Iterable[str] = ()) -> None:
    """Put the request back after contention, which costs no attempt; after the fifth round it fails.

    `guide_names` go into the dead letter. Raises ClaimLost.
    """
    if claim.rounds + 1 >= MAX_ROUNDS:
        message = "The same daily schedules kept changing concurrently; submit the request again."
        fail_request(claim, code="RETRIES_EXHAUSTED", message=message)
        _record_dead_letter(claim.request, message, guide_names)
        return
    _requeue(claim, timedelta(seconds=2**claim.rounds), attempts=claim.attempts - 1, rounds=claim.rounds + 1)


@transaction.atomic
def postpone_request(claim: RequestClaim, *, code: str, message: str) -> None:
    """Put the request back while a sibling is unavailable, for some ten minutes; then it fails with `code`.

    Raises ClaimLost.
    """
    if claim.silent_rounds + 1 >= MAX_SILENT_ROUNDS:
        fail_request(claim, code=code, message=message)
        _record_dead_letter(claim.request, message)
        return
    delay = min(LONGEST_DELAY, timedelta(seconds=5 * 2**claim.silent_rounds))
    _requeue(claim, delay, attempts=claim.attempts - 1, silent_rounds=claim.silent_rounds + 1)


def _requeue(claim: RequestClaim, delay: timedelta, **counts: int) -> None:
    RequestJob.objects.settle(claim, not_before=timezone.now() + delay, **counts)
    ScheduleRequest.objects.filter(pk=claim.request.pk).update(status=RequestStatus.PENDING)
    enqueue_request(claim.request.pk, Priority.URGENT, delay=delay)


@transaction.atomic
def sweep_requests(now: datetime) -> int:
    """Queue abandoned requests again, fail those that used up three attempts, and return the number queued."""
    # A request that waited this long is queued as urgent, so that urgent requests do not starve the others.
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
    """Start a FAILED request over as if it were submitted now; return False where it is not FAILED."""
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
    message = f"The request could not be processed: {MAX_ATTEMPTS} attempts ended without an answer."
    open_request = ScheduleRequest.objects.filter(
        pk=job.pk, status__in=[RequestStatus.PENDING, RequestStatus.PROCESSING]
    )
    if open_request.update(status=RequestStatus.FAILED):
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
