"""Submission of a schedule request: its validation, and idempotency by key (the Idempotency-Key header)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from events.webhooks import validate_callback_url
from novatrek_scheduling.company_time import earliest_today
from novatrek_scheduling.errors import FieldProblem
from novatrek_scheduling.pgpool.rows import store_rows
from scheduling.errors import (
    ContradictoryConstraints,
    DateInThePast,
    IdempotencyKeyInFlight,
    IdempotencyKeyReused,
)
from scheduling.models import Priority, RequestJob, RequestStatus, ScheduleRequest
from scheduling.requests.claims import enqueue_request
from scheduling.siblings.errors import SiblingUnavailable
from scheduling.snapshot import look_up_guides, look_up_trip

logger = structlog.get_logger(__name__)

# The first of the two integers of an advisory lock; it distinguishes these locks from others.
IDEMPOTENCY_LOCKS = 0x6964


@dataclass(frozen=True, slots=True)
class Constraints:
    """A client's constraints on the date and the team of a trip. Group sizes are in guests."""

    required_guide_ids: tuple[UUID, ...] = ()
    excluded_guide_ids: tuple[UUID, ...] = ()
    min_group_size: int | None = None
    max_group_size: int | None = None
    require_good_weather: bool = True
    preferred_trail_ids: tuple[UUID, ...] = ()
    accessibility_requirements: tuple[str, ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Constraints":
        """Read the constraints from a request's `constraints` column."""

        def ids(name: str) -> tuple[UUID, ...]:
            return tuple(UUID(value) for value in stored.get(name, ()))

        return cls(
            required_guide_ids=ids("required_guide_ids"),
            excluded_guide_ids=ids("excluded_guide_ids"),
            min_group_size=stored.get("min_group_size"),
            max_group_size=stored.get("max_group_size"),
            require_good_weather=stored.get("require_good_weather", True),
            preferred_trail_ids=ids("preferred_trail_ids"),
            accessibility_requirements=tuple(stored.get("accessibility_requirements", ())),
        )


@dataclass(frozen=True, slots=True)
class Submission:
    """A schedule request as a client sent it; `sent_constraints` have the contract's field names."""

    trip_id: UUID
    preferred_dates: tuple[date, ...]
    sent_constraints: Mapping[str, Any]
    priority: Priority = Priority.NORMAL
    callback_url: str | None = None

    @property
    def constraints(self) -> Constraints:
        return Constraints.read(self.sent_constraints)

    def stored(self) -> dict[str, Any]:
        """Return the value of the `constraints` column."""
        column: dict[str, Any] = {
            "trip_id": str(self.trip_id),
            "preferred_dates": [day.isoformat() for day in self.preferred_dates],
            "priority": self.priority.value,
        }
        if self.callback_url:
            column["callback_url"] = self.callback_url
        return column | dict(self.sent_constraints)

    def fingerprint(self) -> str:
        """Return the SHA-256 of the stored value, in hex."""
        return hashlib.sha256(json.dumps(self.stored(), sort_keys=True).encode()).hexdigest()


def submit_schedule_request(
    submission: Submission, *, subject: str, idempotency_key: str | None = None
) -> ScheduleRequest:
    """Accept a request and queue it, or return the one that was accepted under the same key before.

    Raises ContradictoryConstraints, DateInThePast, ForbiddenCallback, UnknownTrip, InactiveTrip or UnknownGuide for a
    request that cannot be fulfilled, IdempotencyKeyReused for a key that came with another body, and
    IdempotencyKeyInFlight while a request with the key is being accepted. A request is accepted unchecked while a
    sibling is unavailable: the worker asks again.
    """
    accepted = _accepted_before(subject, idempotency_key, submission)
    if accepted is not None:
        return accepted
    refuse_contradictions(submission)
    _refuse_unknown(submission)
    return _accept(submission, subject, idempotency_key)


def refuse_contradictions(submission: Submission) -> None:
    """Raise ContradictoryConstraints, DateInThePast or ForbiddenCallback, which no sibling has to be asked about."""
    constraints = submission.constraints
    contradictory = set(constraints.required_guide_ids) & set(constraints.excluded_guide_ids)
    if contradictory:
        guide_ids = ", ".join(sorted(map(str, contradictory)))
        raise ContradictoryConstraints(
            f"Guides are both required and excluded: {guide_ids}.",
            FieldProblem("constraints.required_guide_ids", f"also in excluded_guide_ids: {guide_ids}"),
        )
    smallest, largest = constraints.min_group_size, constraints.max_group_size
    if smallest is not None and largest is not None and smallest > largest:
        raise ContradictoryConstraints(
            f"min_group_size {smallest} is above max_group_size {largest}.",
            FieldProblem("constraints.min_group_size", f"must not be above max_group_size ({largest})"),
        )
    today = earliest_today()
    for position, day in enumerate(submission.preferred_dates):
        if day < today:
            raise DateInThePast(
                f"{day} is in the past.",
                FieldProblem(f"preferred_dates[{position}]", "is in the past; ask for a later date"),
            )
    if submission.callback_url:
        validate_callback_url(submission.callback_url)


def _refuse_unknown(submission: Submission) -> None:
    constraints = submission.constraints
    try:
        look_up_trip(submission.trip_id)
        for name in ("required_guide_ids", "excluded_guide_ids"):
            if guide_ids := getattr(constraints, name):
                look_up_guides(guide_ids, field=f"constraints.{name}")
    except SiblingUnavailable as unavailable:
        logger.warning("schedule_request_accepted_unchecked", reason=unavailable.message)


def _accept(submission: Submission, subject: str, key: str | None) -> ScheduleRequest:
    if key is None:
        return _store(submission, subject, key)
    with transaction.atomic():
        _hold_key(subject, key)
        return _accepted_before(subject, key, submission) or _store(submission, subject, key)


def _store(submission: Submission, subject: str, key: str | None) -> ScheduleRequest:
    """Store a request with its job, and queue it."""
    request = ScheduleRequest(
        schedule_date=min(submission.preferred_dates),
        requested_by=subject,
        status=RequestStatus.PENDING,
        constraints=submission.stored(),
    )
    job = RequestJob(
        request=request,
        priority=submission.priority,
        subject=subject,
        idempotency_key=key,
        body_hash=submission.fingerprint(),
        queued_at=request.created_at,
        not_before=request.created_at,
    )
    # One statement, which is a transaction of its own where no key is held in one.
    store_rows(new=[request, job])
    enqueue_request(request.pk, submission.priority)
    return request


def _hold_key(subject: str, key: str) -> None:
    digest = hashlib.blake2b(f"{subject}\0{key}".encode(), digest_size=4).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)",
            [IDEMPOTENCY_LOCKS, int.from_bytes(digest, signed=True)],
        )
        row = cursor.fetchone()
    if not (row and row[0]):
        raise IdempotencyKeyInFlight("A request with this Idempotency-Key is being accepted right now; try again.")


def _accepted_before(subject: str, key: str | None, submission: Submission) -> ScheduleRequest | None:
    if key is None:
        return None
    job = RequestJob.objects.select_related("request").filter(subject=subject, idempotency_key=key).first()
    if job is None:
        return None
    if job.body_hash != submission.fingerprint():
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used with another body.",
            FieldProblem("Idempotency-Key", "was used with another body; use a new key for a new request"),
        )
    return job.request
