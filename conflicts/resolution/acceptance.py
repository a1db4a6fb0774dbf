"""Accepting the risk of a conflict: who answers for it, why, and until when."""

from datetime import UTC, datetime, time, timedelta

from conflicts.choices import EventKind
from conflicts.history.recording import record
from conflicts.models import RiskAcceptance, ScheduleConflict
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.limits import ONE_DAY

SHORTEST = timedelta(hours=1)


def accept_risk_of(conflict: ScheduleConflict, *, by: str, reason: str, now: datetime) -> RiskAcceptance:
    """Store the acceptance of a conflict's risk, in the transaction that resolves the conflict."""
    details = conflict.details
    acceptance = RiskAcceptance.objects.create(
        conflict=conflict,
        fingerprint=details["fingerprint"],
        severity=details["severity"],
        evidence_digest=details["evidence"]["digest"],
        owner=by,
        reason=reason,
        accepted_at=now,
        expires_at=latest_expiry(conflict, now),
    )
    facts = {"severity": acceptance.severity, "expires_at": acceptance.expires_at.isoformat(), "notes": reason}
    record(EventKind.ACCEPTED, conflict, now=now, by=by, **facts)
    return acceptance


def latest_expiry(conflict: ScheduleConflict, now: datetime) -> datetime:
    """The latest end of an acceptance: the end of the conflict's last departure, in an hour at the earliest."""
    document: ScheduleDocument = conflict.schedule.document
    about = conflict.details["departure_ids"]
    ends = [departure.ends_at for key, departure in document.departures.items() if str(key) in about]
    # Who waits for any departure of a date waits until it is over everywhere.
    after_date = [] if about else [datetime.combine(conflict.day + 2 * ONE_DAY, time.min, UTC)]
    return max([*ends, *after_date, now + SHORTEST])
