"""Detection in planned documents: as they would be after a change that nobody has written."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from conflicts.detection import DetectedConflict, Detection
from conflicts.monitoring.scene_loader import DetectionScope, detect_all
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.commitments import by_guide, commitments_around, commitments_in, without_departures
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.rules import Facts


@dataclass(frozen=True, slots=True)
class Consequences:
    """The conflicts that a change would cause, and those that it would cure, the most severe first."""

    caused: tuple[DetectedConflict, ...]
    cured: tuple[DetectedConflict, ...]


def consequences_of(change: Change, day: date, facts: Facts | None, *, now: datetime) -> Consequences:
    """Compare the conflicts of the changed departures before and after a change of `day` that is not written.

    Without `facts` only rules about our own documents and hazards are judged.
    """
    touched = change.departure_ids
    before = detect_planned({day: change.before}, touched, facts, now=now)
    after = detect_planned({day: change.after}, touched, facts, now=now)
    present = {conflict.fingerprint for conflict in before.conflicts}
    remaining = {conflict.fingerprint for conflict in after.conflicts}
    return Consequences(
        caused=_worst_first(c for c in after.conflicts if c.fingerprint not in present),
        cured=_worst_first(c for c in before.conflicts if c.fingerprint not in remaining),
    )


def detect_planned(
    documents: Mapping[date, ScheduleDocument],
    departure_ids: Collection[UUID],
    facts: Facts | None,
    *,
    now: datetime,
) -> Detection:
    """Detect conflicts of these departures in the documents, beside the stored commitments to all others."""
    touched = frozenset(departure_ids)
    scopes = {
        day: DetectionScope(document, touched & document.departures.keys()) for day, document in documents.items()
    }
    present = [departure for scope in scopes.values() for departure in scope.present]
    if not present:
        return Detection((), frozenset())
    span = Span(min(d.starts_at for d in present), max(d.ends_at for d in present))
    guides = {guide for departure in present for guide in departure.guide_ids}
    planned = without_departures(commitments_around(span, guides), touched)
    for day, document in documents.items():
        planned += commitments_in(document, day, touched)
    return detect_all(scopes, facts, now=now, commitments=by_guide(planned))


def _worst_first(conflicts: Iterable[DetectedConflict]) -> tuple[DetectedConflict, ...]:
    return tuple(sorted(conflicts, key=lambda conflict: (-conflict.severity.rank, conflict.fingerprint)))
