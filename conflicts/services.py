"""Detection over what changed, stored in the transaction of the change."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from conflicts.clearing import clear_conflicts
from conflicts.detection import Detection, detect
from conflicts.scenes import Look, scenes_of
from conflicts.storing import Stored, store_conflicts
from conflicts.tasks import compute_options_task
from scheduling.commitments import commitments_around
from scheduling.detectors import Change
from scheduling.facts import Span
from scheduling.models import DailySchedule
from scheduling.rules import Facts


def detect_in_changes(changes: Mapping[date, Change], facts: Facts | None) -> Stored:
    """Judge every departure that a write touches, and store the outcome with it.

    Without facts only what our own documents and hazards say is judged, and the rest is left as it was.
    """
    if not changes:
        return Stored()
    looks = {day: Look(change.after, change.departure_ids | _of_adjusted(change)) for day, change in changes.items()}
    return _detect_and_store(_with_overnight(changes, looks), facts, timezone.now())


def detect_on(days: Collection[date], facts: Facts | None) -> Stored:
    """Judge every departure of the stored schedules of `days` on `facts`, and store the outcome."""
    with transaction.atomic():
        # Nobody writes these dates meanwhile: what is stored about them is about what they are.
        rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date").select_for_update()
        documents = {row.schedule_date: row.document for row in rows}
        looks = {day: Look(document, frozenset(document.departures)) for day, document in documents.items()}
        return _detect_and_store(looks, facts, timezone.now()) if looks else Stored()


def detect_all(looks: Mapping[date, Look], facts: Facts | None, now: datetime) -> Detection:
    """What is wrong on several dates, as one."""
    scenes = scenes_of(looks, facts, now=now)
    each = [detect(scene, looks[day].departure_ids) for day, scene in scenes.items()]
    found = {conflict.fingerprint: conflict for detection in each for conflict in detection.found}
    judged = frozenset(pair for detection in each for pair in detection.judged)
    return Detection(tuple(found.values()), judged)


def _detect_and_store(looks: Mapping[date, Look], facts: Facts | None, now: datetime) -> Stored:
    detection = detect_all(looks, facts, now)
    departures = {str(key): found for look in looks.values() for key, found in look.departures.items()}
    clear_conflicts(detection, departures, looks, now=now)
    stored = store_conflicts(detection.found, now=now)
    for conflict_id in stored.new:
        # Losing the queue loses options until somebody asks for them, and not the write.
        transaction.on_commit(partial(compute_options_task.delay, str(conflict_id)), robust=True)
    return stored


def _of_adjusted(change: Change) -> frozenset[UUID]:
    """The departures whose guides entered something else than before."""
    guides = _adjusted_guides(change)
    departures = change.after.departures.items()
    return frozenset(key for key, departure in departures if departure.guide_ids & guides)


def _adjusted_guides(change: Change) -> set[UUID]:
    before, after = change.before.guide_adjustments, change.after.guide_adjustments
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _with_overnight(changes: Mapping[date, Change], looks: dict[date, Look]) -> dict[date, Look]:
    """Add departures of earlier dates that reach into one on which their guide's adjustments changed."""
    wanted: dict[date, set[UUID]] = defaultdict(set)
    for day, change in changes.items():
        guides = _adjusted_guides(change)
        for held in commitments_around(_day_in_utc(day), guides).values() if guides else ():
            for commitment in held:
                wanted[commitment.day].add(commitment.departure_id)
    rows = DailySchedule.objects.filter(schedule_date__in=wanted.keys() - looks.keys())
    return looks | {row.schedule_date: Look(row.document, frozenset(wanted[row.schedule_date])) for row in rows}


def _day_in_utc(day: date) -> Span:
    begins = datetime.combine(day, time.min, timezone.now().tzinfo)
    return Span(begins, begins + timedelta(days=1))
