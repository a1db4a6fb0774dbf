"""Detection over what changed, stored in the transaction of the change."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from conflicts.monitoring.clearing import clear_conflicts
from conflicts.monitoring.scene_loader import Look, detect_all
from conflicts.monitoring.store import Stored, store_conflicts
from conflicts.tasks import compute_options_task
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.models import DailySchedule, Hazard
from scheduling.rules import Facts

ONE_DAY = timedelta(days=1)


def detect_in_changes(changes: Mapping[date, Change], facts: Facts | None) -> Stored:
    """Judge every departure that a write touches, and store the outcome with it.

    Without facts only what our own documents and hazards say is judged, and the rest is left as it was.
    """
    if not changes:
        return Stored()
    looks = {day: Look(change.after, change.departure_ids | _of_adjusted(change)) for day, change in changes.items()}
    return _detect_and_store(_with_overnight(changes, looks), facts, timezone.now())


def detect_on(days: Collection[date], facts: Facts | None, *, region_ids: Collection[UUID] | None = None) -> Stored:
    """Judge the departures of the stored schedules of `days`, of some regions or all, and store the outcome."""
    with transaction.atomic():
        # Nobody writes these dates meanwhile: what is stored about them is about what they are.
        rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date").select_for_update()
        documents = {row.schedule_date: row.document for row in rows}
        looks = {day: Look(document, _of_regions(document, region_ids)) for day, document in documents.items()}
        return _detect_and_store(looks, facts, timezone.now()) if looks else Stored()


def _of_regions(document: ScheduleDocument, region_ids: Collection[UUID] | None) -> frozenset[UUID]:
    return frozenset(document.departures if region_ids is None else document.departures_in(region_ids))


def detect_around_hazard(hazard: Hazard) -> None:
    """Judge the departures that a hazard could touch; call it in the transaction that records it."""
    now = timezone.now()
    reach = timedelta(days=settings.PLANNING_HORIZON_DAYS)
    first, last = max(hazard.starts_at, now).date() - ONE_DAY, min(hazard.ends_at or now + reach, now + reach).date()
    # Locked, so that no plan that has not seen the hazard lands between the look and the commit.
    coming = DailySchedule.objects.filter(schedule_date__range=(first, last)).order_by("schedule_date")
    documents = {row.schedule_date: row.document for row in coming.select_for_update()}
    looks = {day: Look(document, _touched(document, hazard)) for day, document in documents.items()}
    wanted = {day: look for day, look in looks.items() if look.departure_ids}
    if wanted:
        _detect_and_store(wanted, None, now)


def _touched(document: ScheduleDocument, hazard: Hazard) -> frozenset[UUID]:
    trails, guides = set(hazard.trail_ids), set(hazard.guide_ids)
    return frozenset(
        key
        for key, departure in document.departures.items()
        if str(departure.trail_id) in trails
        or guides & {str(guide) for guide in departure.guide_ids}
        or key == hazard.departure_id
        or departure.region_id == hazard.region_id
    )


def _detect_and_store(looks: Mapping[date, Look], facts: Facts | None, now: datetime) -> Stored:
    detection = detect_all(looks, facts, now=now)
    departures = {str(key): found for look in looks.values() for key, found in look.departures.items()}
    clear_conflicts(detection, departures, looks, now=now)
    stored = store_conflicts(detection.found, now=now)
    if stored.new:
        ids = [str(conflict_id) for conflict_id in stored.new]
        # Losing the queue loses options until somebody asks for them, and neither the write nor time.
        transaction.on_commit(partial(compute_options_task.apply_async, (ids,), retry=False), robust=True)
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
    return Span(begins, begins + ONE_DAY)
