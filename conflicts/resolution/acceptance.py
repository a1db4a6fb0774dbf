"""Accepting the risk of a conflict, and the end of that: withdrawn, or expired."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from conflicts.choices import AcceptanceEnding, EventKind
from conflicts.detection.scene import ENDED
from conflicts.errors import ExpiryOutOfRange, RiskNotAccepted, UnknownConflict
from conflicts.history.recording import record
from conflicts.models import RiskAcceptance, ScheduleConflict
from conflicts.monitoring.store import acceptance_option
from conflicts.resolution.option_search import WHAT_WOULD_HELP
from novatrek_scheduling.errors import FieldProblem
from novatrek_scheduling.queue import enqueue
from scheduling.daily_schedules.dated_departures import departures_named
from scheduling.domain.document import Departure
from scheduling.domain.limits import ONE_DAY

SHORTEST = timedelta(hours=1)
BATCH_SIZE = 200
OF_THE_SEARCH = frozenset({"options_rev", "options_form", WHAT_WOULD_HELP})
"""What the search for options stores besides them: without it they are searched again."""


def accept_risk_of(
    conflict: ScheduleConflict, *, by: str, reason: str, now: datetime, until: datetime | None = None
) -> RiskAcceptance:
    """Store the acceptance of a conflict's risk, in the transaction that resolves the conflict.

    Without `until` it holds as long as it may: until the departures are over. Raises ExpiryOutOfRange.
    """
    latest = latest_expiry(conflict, now)
    if until is not None and not now < until <= latest:
        problem = FieldProblem("accept_until", f"a moment from now to {latest:%Y-%m-%d %H:%M} UTC")
        raise ExpiryOutOfRange("A risk is accepted until the departures are over, at the latest.", problem)
    details = conflict.details
    acceptance = RiskAcceptance.objects.create(
        conflict=conflict,
        fingerprint=details["fingerprint"],
        severity=details["severity"],
        evidence_digest=details["evidence"]["digest"],
        owner=by,
        reason=reason,
        accepted_at=now,
        expires_at=until or latest,
    )
    facts = {"severity": acceptance.severity, "expires_at": acceptance.expires_at.isoformat(), "notes": reason}
    record(EventKind.ACCEPTED, conflict, now=now, by=by, **facts)
    return acceptance


def latest_expiry(conflict: ScheduleConflict, now: datetime) -> datetime:
    """The latest end of an acceptance: the end of the conflict's last departure, in an hour at the earliest."""
    ends = [departure.ends_at for departure in _departures_of(conflict)]
    # Who waits for any departure of a date waits until it is over everywhere.
    after_date = [] if conflict.details["departure_ids"] else [_date_is_over(conflict)]
    return max([*ends, *after_date, now + SHORTEST]).astimezone(UTC)


def withdraw_acceptance(conflict_id: UUID, *, by: str, notes: str = "") -> ScheduleConflict | None:
    """End the acceptance of a conflict's risk, and return the conflict that is open again.

    It is as it was when it was accepted, until detection looks again. None where another one is there already, or the
    departures are over. Raises UnknownConflict and RiskNotAccepted.
    """
    now = timezone.now()
    with transaction.atomic():
        conflict = ScheduleConflict.objects.filter(pk=conflict_id).first()
        if conflict is None:
            raise UnknownConflict(f"There is no conflict {conflict_id}.")
        in_force = conflict.acceptances.in_force(now)
        if not in_force.end(AcceptanceEnding.WITHDRAWN, at=now, by=by):
            raise RiskNotAccepted(f"The risk of conflict {conflict_id} is not accepted, or not any more.")
        record(EventKind.ACCEPTANCE_WITHDRAWN, conflict, now=now, by=by, notes=notes)
        return _reopen(conflict, EventKind.ACCEPTANCE_WITHDRAWN, now)


def reopen_expired(now: datetime) -> list[UUID]:
    """End the acceptances that have expired, and return the ids of the conflicts that are open again.

    Each is a transaction of its own; of two at once, one ends it.
    """
    due = RiskAcceptance.objects.due(now).order_by("expires_at").values_list("pk", flat=True)[:BATCH_SIZE]
    reopened = [_expire(acceptance_id, now) for acceptance_id in due]
    return [conflict.pk for conflict in reopened if conflict]


@transaction.atomic
def _expire(acceptance_id: int, now: datetime) -> ScheduleConflict | None:
    if not RiskAcceptance.objects.due(now).filter(pk=acceptance_id).end(AcceptanceEnding.EXPIRED, at=now):
        return None
    conflict = ScheduleConflict.objects.get(acceptances=acceptance_id)
    record(EventKind.ACCEPTANCE_EXPIRED, conflict, now=now)
    return _reopen(conflict, EventKind.ACCEPTANCE_EXPIRED, now)


def _reopen(accepted: ScheduleConflict, after: EventKind, now: datetime) -> ScheduleConflict | None:
    """Store the conflict anew, unless it is moot or there is an open one of its fingerprint."""
    if not _lies_ahead(accepted, now):
        return None
    conflict_id = uuid4()
    details = accepted.details | {"resolution_options": acceptance_option(conflict_id, accepted.details)}
    row = ScheduleConflict(
        pk=conflict_id,
        schedule_id=accepted.schedule_id,
        conflict_type=accepted.conflict_type,
        details={key: value for key, value in details.items() if key not in OF_THE_SEARCH},
        detected_at=now,
    )
    ScheduleConflict.objects.bulk_create([row], ignore_conflicts=True)
    if not ScheduleConflict.objects.filter(pk=conflict_id).exists():
        return None
    shown = {key: details[key] for key in ("severity", "description")}
    record(EventKind.REOPENED, row, now=now, **shown, earlier=str(accepted.pk), after=after)
    enqueue("conflicts.compute_options", [str(conflict_id)])
    return row


def _lies_ahead(conflict: ScheduleConflict, now: datetime) -> bool:
    if not conflict.details["departure_ids"]:
        return now < _date_is_over(conflict)
    return any(departure.status not in ENDED and departure.ends_at > now for departure in _departures_of(conflict))


def _date_is_over(conflict: ScheduleConflict) -> datetime:
    return datetime.combine(conflict.day + 2 * ONE_DAY, time.min, UTC)


def _departures_of(conflict: ScheduleConflict) -> list[Departure]:
    return [*departures_named(conflict.day, conflict.departure_ids).values()]
