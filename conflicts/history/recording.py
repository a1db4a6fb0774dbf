"""Recording what happens to conflicts, in the transactions in which it happens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from conflicts.choices import EventKind
from conflicts.detection import DetectedConflict, Severity
from conflicts.models import ConflictEvent, ScheduleConflict


@dataclass(frozen=True, slots=True)
class Detected:
    """A conflict that detection stored: its row, and the severity of the row before; None for a new one."""

    conflict_id: UUID
    conflict: DetectedConflict
    severity_before: str | None


def record(kind: EventKind, conflict: ScheduleConflict, *, now: datetime, by: str = "", **facts: Any) -> None:
    """Record what a person (`by`) or the system did about a conflict; `facts` are JSON values."""
    ConflictEvent.objects.create(
        conflict=conflict,
        fingerprint=conflict.details["fingerprint"],
        kind=kind,
        by=by,
        occurred_at=now,
        facts=facts,
    )


def record_clearings(reasons: Mapping[ScheduleConflict, str], *, now: datetime) -> None:
    """Record that the system ended conflicts, for these reasons."""
    ConflictEvent.objects.bulk_create(
        ConflictEvent(
            conflict=conflict,
            fingerprint=conflict.details["fingerprint"],
            kind=EventKind.CLEARED,
            occurred_at=now,
            facts={"reason": reason},
        )
        for conflict, reason in reasons.items()
    )


def record_detections(detected: Collection[Detected], *, now: datetime) -> None:
    """Record which conflicts are new, which were there before and are again, and whose severity is another."""
    new = [entry for entry in detected if entry.severity_before is None]
    earlier = _latest_events([entry.conflict.fingerprint for entry in new])
    events = [_beginning(entry, earlier.get(entry.conflict.fingerprint)) for entry in new]
    events += [_change(entry) for entry in detected if entry.severity_before not in {None, entry.conflict.severity}]
    for event in events:
        event.occurred_at = now
    ConflictEvent.objects.bulk_create(events)


def _latest_events(fingerprints: Collection[str]) -> dict[str, ConflictEvent]:
    if not fingerprints:
        return {}
    events = ConflictEvent.objects.filter(fingerprint__in=fingerprints).order_by("fingerprint", "-id")
    return {event.fingerprint: event for event in events.distinct("fingerprint")}


def _beginning(entry: Detected, earlier: ConflictEvent | None) -> ConflictEvent:
    conflict = entry.conflict
    facts = {"severity": conflict.severity.value, "description": conflict.description}
    if earlier is None:
        return _event(entry, EventKind.DETECTED, facts)
    return _event(entry, EventKind.REOPENED, facts | {"earlier": str(earlier.conflict_id), "after": earlier.kind})


def _change(entry: Detected) -> ConflictEvent:
    before, after = Severity(str(entry.severity_before)), entry.conflict.severity
    kind = EventKind.ESCALATED if after.rank > before.rank else EventKind.DEESCALATED
    return _event(entry, kind, {"before": before.value, "severity": after.value})


def _event(entry: Detected, kind: EventKind, facts: dict[str, Any]) -> ConflictEvent:
    return ConflictEvent(conflict_id=entry.conflict_id, fingerprint=entry.conflict.fingerprint, kind=kind, facts=facts)
