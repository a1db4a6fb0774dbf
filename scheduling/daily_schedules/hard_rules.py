"""The hard-rule check of a write, against adjustments and commitments as they are under its locks."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models.fields.json import KeyTransform

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.commitments import (
    by_guide,
    commitments_around,
    commitments_in,
    lock_locations,
    without_departures,
)
from scheduling.domain.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.errors import HardRuleViolated
from scheduling.hazards import hazards_in_force
from scheduling.models import DailySchedule, GuideCommitment
from scheduling.rules import Entered, Facts, Violation, newly_broken
from scheduling.rules.departures import Surroundings
from scheduling.rules.inputs import days_of

LONGEST_TRIP = timedelta(days=45)
# Where a departure is, it may be tomorrow already.
A_DAY = timedelta(days=1)


def refuse_illegal(changes: Mapping[date, Change], facts: Facts) -> None:
    """Raise HardRuleViolated where the changes, all together, would newly break a hard rule.

    Hazards are those in force now: one that was told since the facts were gathered closes its trails all the same.
    """
    touched = _touched(changes)
    if not touched:
        return
    span = Span(min(d.starts_at for d in touched), max(d.ends_at for d in touched))
    facts = replace(facts, hazards=hazards_in_force(span))
    stored = commitments_around(span, frozenset(guide for departure in touched for guide in departure.guide_ids))
    shared = {departure.location_id for departure in touched} & {
        location.id for location in facts.snapshot.locations.values()
    }
    # What others put there on other dates is read behind these locks.
    lock_locations(location_id for location_id in shared if location_id)
    elsewhere = departures_elsewhere(span, changes) if shared else []
    planned = without_departures(stored, _all_departures(changes))
    for day, change in changes.items():
        planned += commitments_in(change.after, day, change.departure_ids)
    violations: list[Violation] = []
    for day, change in changes.items():
        departures = _touched({day: change})
        violations += newly_broken(
            change.before,
            change.after,
            day,
            change.departure_ids,
            facts,
            Surroundings(
                entered_over(change.before, day, departures),
                stored,
                elsewhere + _of_others([other.before for other in changes.values()], change.before),
            ),
            Surroundings(
                entered_over(change.after, day, departures),
                by_guide(planned),
                elsewhere + _of_others([other.after for other in changes.values()], change.after),
            ),
        )
    if violations:
        raise HardRuleViolated(violations)


def entered_over(document: ScheduleDocument, day: date, departures: Iterable[Departure]) -> Entered:
    """What guides entered in `document`, of `day`, and on the later dates that these departures of it reach."""
    later = {other for departure in departures for other in days_of(departure)} - {day}
    return Entered({**entered_on(later), day: document.guide_adjustments})


def entered_on(days: Collection[date]) -> dict[date, dict[UUID, GuideAdjustments]]:
    """What guides entered on some dates: reading the departures of these too takes far longer."""
    if not days:
        return {}
    rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
    told = rows.values_list("schedule_date", KeyTransform("guide_adjustments", "assignments"))
    return {day: ScheduleDocument.read({"guide_adjustments": each or {}}).guide_adjustments for day, each in told}


def departures_elsewhere(span: Span, days: Collection[date]) -> list[Departure]:
    """Staffed departures of other dates than `days` that are out within `span`: those of several days, mostly."""
    out = GuideCommitment.objects.filter(starts_at__lt=span.ends_at, ends_at__gt=span.starts_at)
    nearby = out.filter(
        schedule_date__gte=span.starts_at.date() - LONGEST_TRIP, schedule_date__lte=span.ends_at.date() + A_DAY
    )
    dates = nearby.exclude(schedule_date__in=days).values("schedule_date").distinct()
    rows = DailySchedule.objects.filter(schedule_date__in=dates).order_by("schedule_date")
    return [d for row in rows for d in row.document.departures.values() if d.team and d.span.overlaps(span)]


def _of_others(documents: Iterable[ScheduleDocument], own: ScheduleDocument) -> list[Departure]:
    return [departure for each in documents if each is not own for departure in each.departures.values()]


def _all_departures(changes: Mapping[date, Change]) -> frozenset[UUID]:
    return frozenset(key for change in changes.values() for key in change.departure_ids)


def _touched(changes: Mapping[date, Change]) -> list[Departure]:
    """The changed departures, as they were and as they are to be."""
    return [
        departure
        for change in changes.values()
        for document in (change.before, change.after)
        for key in change.departure_ids
        if (departure := document.departures.get(key)) is not None
    ]
