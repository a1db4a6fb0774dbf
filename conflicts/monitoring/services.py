"""Detection around a change, stored in the transaction of the change."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conflicts.models import ScheduleConflict
from conflicts.monitoring.clearing import clear_conflicts
from conflicts.monitoring.scene_loader import DetectionScope, detect_in, load_scenes
from conflicts.monitoring.store import StoredConflicts, store_conflicts
from novatrek_scheduling.queue import enqueue
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.reached import adjusted_guides, departures_reached
from scheduling.domain.document import ScheduleDocument
from scheduling.models import DailySchedule, GuideCommitment, Hazard, Reservation
from scheduling.rules import Facts

ONE_DAY = timedelta(days=1)
SEARCHED_TOGETHER = 200
"""Conflicts of one message for their options: as many as share what is read, and few enough for several workers."""


def detect_in_changes(changes: Mapping[date, Change], facts: Facts | None) -> StoredConflicts:
    """Judge every departure that a write touches, and store the conflicts in its transaction.

    Without `facts` only rules about our own documents and hazards are judged; other conflicts stay as they were.
    """
    scopes = {
        day: DetectionScope(change.after, change.departure_ids | _of_adjusted(change))
        for day, change in changes.items()
    }
    stored = _detect_and_store(_with_reached(changes, scopes), facts, timezone.now()) if changes else StoredConflicts()
    kept = _kept.get()
    if kept is not None:
        kept.append(stored)
    return stored


_kept: ContextVar[list[StoredConflicts] | None] = ContextVar("what writes found", default=None)


@contextmanager
def detections_kept() -> Iterator[list[StoredConflicts]]:
    """Keep what each write inside the block finds, in order, for those who go on from it in the write's transaction.

    The last one is that of the write under way: one that met another write starts over, and is judged again.
    """
    kept: list[StoredConflicts] = []
    token = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(token)


def detect_on(
    days: Collection[date], facts: Facts | None, *, region_ids: Collection[UUID] | None = None
) -> StoredConflicts:
    """Judge the stored departures of `days`, of some regions or of all, and store the conflicts.

    Of all regions: those guests, too, who wait for any departure of a trip.
    """
    with transaction.atomic():
        # Locked: the stored conflicts are those of the documents that are current at the commit.
        rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date").select_for_update()
        documents = {row.schedule_date: row.document for row in rows}
        waited_for = _trips_waited_for(documents) if region_ids is None else {}
        scopes = {
            day: DetectionScope(document, _of_regions(document, region_ids), waited_for.get(day, frozenset()))
            for day, document in documents.items()
        }
        return _detect_and_store(scopes, facts, timezone.now()) if scopes else StoredConflicts()


def detect_in_unchanged(
    changes: Mapping[date, Change],
    day: date,
    facts: Facts,
    region_ids: Collection[UUID],
    *,
    document: ScheduleDocument | None = None,
) -> StoredConflicts:
    """Judge the departures of these regions that the write of this transaction left as they were.

    The facts may have changed around them. What it changed was judged, on the same facts, with the write. `document` is
    the date's, where the caller read it under the write's locks.
    """
    change = changes.get(day)
    current = change.after if change else document
    if current is None:
        return detect_on([day], facts, region_ids=region_ids)
    left = _of_regions(current, region_ids) - (change.departure_ids if change else frozenset())
    if not left:
        return StoredConflicts()
    return _detect_and_store({day: DetectionScope(current, left)}, facts, timezone.now())


def _trips_waited_for(days: Collection[date]) -> dict[date, frozenset[UUID]]:
    """Return by date the trips of which guests wait for any departure, or did as an open conflict says."""
    waiting = Reservation.objects.waiting().filter(trip_date__in=list(days)).exclude(unplaced_reason="")
    found = {(day, trip_id) for day, trip_id in waiting.values_list("trip_date", "trip_id") if day and trip_id}
    for conflict in ScheduleConflict.objects.open().about_waiting_guests(days):
        found |= {(conflict.day, UUID(key)) for key in conflict.details["affected_trip_ids"]}
    trips: defaultdict[date, set[UUID]] = defaultdict(set)
    for day, trip_id in found:
        trips[day].add(trip_id)
    return {day: frozenset(keys) for day, keys in trips.items()}


def _of_regions(document: ScheduleDocument, region_ids: Collection[UUID] | None) -> frozenset[UUID]:
    return frozenset(document.departures if region_ids is None else document.departures_in(region_ids))


def detect_around_hazard(hazard: Hazard) -> None:
    """Judge the departures that a hazard could touch; to be called in the transaction that records the hazard."""
    now = timezone.now()
    reach = timedelta(days=settings.PLANNING_HORIZON_DAYS)
    begins = max(hazard.starts_at, now)
    first, last = begins.date() - ONE_DAY, min(hazard.ends_at or now + reach, now + reach).date()
    # Those who are out since days: a trip of several days belongs to the date of its start.
    under_way = GuideCommitment.objects.filter(ends_at__gt=begins, schedule_date__lt=first).values("schedule_date")
    within = Q(schedule_date__range=(first, last)) | Q(schedule_date__in=under_way)
    # Locked: no plan made without the hazard is written between the reading here and the commit.
    rows = DailySchedule.objects.filter(within).order_by("schedule_date")
    documents = {row.schedule_date: row.document for row in rows.select_for_update()}
    scopes = {day: DetectionScope(document, _touched_by(document, hazard)) for day, document in documents.items()}
    touched = {day: scope for day, scope in scopes.items() if scope.departure_ids}
    if touched:
        _detect_and_store(touched, None, now)


def detect_waiting(day: date, trip_id: UUID) -> None:
    """Judge who waits for any departure of the trip; to be called in the transaction that changes who does."""
    # Locked: two reservations of one list are judged one after the other.
    schedule = DailySchedule.objects.filter(schedule_date=day).select_for_update().first()
    if schedule is not None:
        scope = DetectionScope(schedule.document, frozenset(), frozenset({trip_id}))
        _detect_and_store({day: scope}, None, timezone.now())


def _touched_by(document: ScheduleDocument, hazard: Hazard) -> frozenset[UUID]:
    trails, guides = set(hazard.trail_ids), set(hazard.guide_ids)
    return frozenset(
        key
        for key, departure in document.departures.items()
        if str(departure.trail_id) in trails
        or guides & {str(guide) for guide in departure.guide_ids}
        or key == hazard.departure_id
        or departure.region_id == hazard.region_id
    )


def _detect_and_store(scopes: Mapping[date, DetectionScope], facts: Facts | None, now: datetime) -> StoredConflicts:
    scenes = load_scenes(scopes, facts, now=now)
    detection = detect_in(scenes, scopes)
    departures = {key: departure for scope in scopes.values() for key, departure in scope.departures.items()}
    cleared = clear_conflicts(detection, scenes, departures, now=now)
    stored = replace(store_conflicts(detection.conflicts, now=now), cleared=tuple(cleared))
    for conflict_ids in _in_batches(stored.new):
        # A lost message only delays the options: they are computed at the latest when the conflict is resolved.
        enqueue("conflicts.compute_options", conflict_ids)
    return stored


def _in_batches(conflict_ids: Sequence[UUID]) -> Iterator[list[str]]:
    """Yield the conflicts of each message."""
    for first in range(0, len(conflict_ids), SEARCHED_TOGETHER):
        yield [str(conflict_id) for conflict_id in conflict_ids[first : first + SEARCHED_TOGETHER]]


def _of_adjusted(change: Change) -> frozenset[UUID]:
    """The departures of guides whose adjustments differ from before."""
    guides = adjusted_guides(change)
    return frozenset(change.after.departures_of(guides) if guides else ())


def _with_reached(changes: Mapping[date, Change], scopes: dict[date, DetectionScope]) -> dict[date, DetectionScope]:
    """Add the departures of any date that changed adjustments are about; the write has locked their documents."""
    reached = departures_reached(changes)
    rows = DailySchedule.objects.filter(schedule_date__in=reached.keys() - scopes.keys())
    found = {row.schedule_date: DetectionScope(row.document, reached[row.schedule_date]) for row in rows}
    own = {
        day: DetectionScope(scope.document, scope.departure_ids | reached.get(day, frozenset()))
        for day, scope in scopes.items()
    }
    return found | own
