"""The life cycle of a schedule request between submission and outcome, on leased work.

The table is authoritative, the queue a hint. A claim has a lease and a fencing token; a worker that finishes names the
token, so that one whose lease has passed to another worker writes nothing. Requests that no worker holds are queued
again by the sweeper.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone

from events.dead_letters import record_dead_letter
from novatrek_scheduling.pgpool.prepared import prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_of, row_of, store_rows
from novatrek_scheduling.queue import enqueue
from scheduling.models import (
    CLAIMED,
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


def _nothing(_: ScheduleRequest) -> Sequence[Model]:
    return ()


@transaction.atomic(savepoint=False)
def claim_request(
    request_id: UUID, beside: Callable[[ScheduleRequest], Sequence[Model]] = _nothing
) -> RequestClaim | None:
    """Claim the request, and store the rows `beside` it; None where it is done, not due, or held by another worker."""
    now = timezone.now()
    job = _locked(request_id)
    if job is None or not job.may_be_claimed(now):
        return None
    claim = job.take(now, timedelta(seconds=settings.REQUEST_LEASE_SECONDS))
    job.request.status = RequestStatus.PROCESSING
    store_rows(new=beside(job.request), changed=[(job, CLAIMED), (job.request, ("status",))])
    return RequestClaim(claim.pk, claim.token, claim.attempts, job.request, job.rounds, job.silent_rounds)


# Of two workers with the same message one locks the rows; the other has nothing to do.
_LOCK = """
    SELECT {job}, {request} FROM request_jobs AS job JOIN schedule_requests AS request USING (request_id)
    WHERE request_id = %s FOR UPDATE SKIP LOCKED
"""
_LOCK_JOB = _LOCK.format(job=columns_of(RequestJob, "job"), request=columns_of(ScheduleRequest, "request"))
_OF_JOB = len(RequestJob._meta.concrete_fields)


def _locked(request_id: UUID) -> RequestJob | None:
    with prepared_cursor() as cursor:
        cursor.execute(_LOCK_JOB, [request_id])
        row = cursor.fetchone()
    if row is None:
        return None
    job = row_of(RequestJob, row[:_OF_JOB])
    job.request = row_of(ScheduleRequest, row[_OF_JOB:])
    return job


def complete_request(
    claim: RequestClaim, *, result: Mapping[str, Any], run_id: UUID, chosen: date | None, departure_id: UUID | None
) -> None:
    """Store the outcome, in the transaction that writes its decisions. Raises ClaimLost, which rolls them back."""
    outcome: dict[str, Any] = {"result": json.dumps(result), "run_id": run_id, "departure_id": departure_id}
    _finish(claim, RequestStatus.COMPLETED, outcome, chosen)
    record_callback(claim.request, RequestStatus.COMPLETED, result=dict(result))


@transaction.atomic
def fail_request(claim: RequestClaim, *, code: str, message: str, run_id: UUID | None = None) -> None:
    """Fail the request with an error that its client can act on. Raises ClaimLost."""
    _finish(claim, RequestStatus.FAILED, {"code": code, "message": message, "run_id": run_id})
    record_callback(claim.request, RequestStatus.FAILED, error={"code": code, "message": message})


@transaction.atomic
def fail_with_dead_letter(claim: RequestClaim, *, code: str, message: str, run_id: UUID | None = None) -> None:
    """Fail the request by a fault of this service, with a dead letter for operations. Raises ClaimLost."""
    fail_request(claim, code=code, message=message, run_id=run_id)
    _record_dead_letter(claim.request, message)


# Each step of it finds a row only where the one before did: the claim, then the request under way, then the outcome.
_FINISH = """
    WITH settled AS (
        UPDATE request_jobs SET lease_until = NULL WHERE request_id = %(id)s AND token = %(token)s
        RETURNING request_id
    ), finished AS (
        UPDATE schedule_requests AS request
        SET status = %(status)s, schedule_date = COALESCE(%(chosen)s::date, schedule_date)
        FROM settled WHERE request.request_id = settled.request_id AND status = %(under_way)s
        RETURNING request.request_id
    )
    INSERT INTO request_outcomes
        (request_id, result, error_code, error_message, completed_at, run_id, departure_id)
    SELECT request_id, %(result)s::jsonb, %(code)s::text, %(message)s::text, %(now)s::timestamptz, %(run_id)s::uuid,
        %(departure_id)s::uuid
    FROM finished
"""
_NO_OUTCOME: dict[str, Any] = {"result": None, "code": "", "message": "", "run_id": None, "departure_id": None}


def _finish(claim: RequestClaim, status: RequestStatus, outcome: dict[str, Any], chosen: date | None = None) -> None:
    """End the claim and the request, and store its outcome. Raises ClaimLost, and stores nothing then."""
    values = _NO_OUTCOME | outcome | {"id": claim.pk, "token": claim.token, "chosen": chosen, "now": timezone.now()}
    statuses = {"status": status.value, "under_way": RequestStatus.PROCESSING.value}
    with prepared_cursor() as cursor:
        cursor.execute(_FINISH, values | statuses)
        if not cursor.rowcount:
            raise ClaimLost(f"Claim {claim.token} on request {claim.pk} is outdated, or the request is finished.")


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
        code = "ATTEMPTS_EXHAUSTED"
        RequestOutcome.objects.create(
            request=job.request, error_code=code, error_message=message, completed_at=timezone.now()
        )
        record_callback(job.request, RequestStatus.FAILED, error={"code": code, "message": message})
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
