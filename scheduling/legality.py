"""The hard-rule check of a write, against adjustments and commitments as they are under its locks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models.fields.json import KeyTransform

from scheduling.commitments import (
    by_guide,
    commitments_around,
    commitments_in,
    lock_locations,
    without_departures,
)
from scheduling.detectors import Change
from scheduling.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.errors import HardRuleViolated
from scheduling.facts import Span
from scheduling.models import DailySchedule, GuideCommitment
from scheduling.rules import Facts, Violation, merged_adjustments, newly_broken
from scheduling.rules.facts import days_of
from scheduling.rules.legality import Surroundings

LONGEST_TRIP = timedelta(days=45)
# Where a departure is, it may be tomorrow already.
A_DAY = timedelta(days=1)


def refuse_illegal(changes: Mapping[date, Change], facts: Facts) -> None:
    """Raise HardRuleViolated where the changes, all together, would newly break a hard rule."""
    touched = _touched(changes)
    if not touched:
        return
    span = Span(min(d.starts_at for d in touched), max(d.ends_at for d in touched))
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
        departures = [change.after.departures[key] for key in change.departure_ids & change.after.departures.keys()]
        violations += newly_broken(
            change.before,
            change.after,
            day,
            change.departure_ids,
            facts,
            Surroundings(
                adjustments_over(change.before, day, departures),
                stored,
                elsewhere + _of_others([other.before for other in changes.values()], change.before),
            ),
            Surroundings(
                adjustments_over(change.after, day, departures),
                by_guide(planned),
                elsewhere + _of_others([other.after for other in changes.values()], change.after),
            ),
        )
    if violations:
        raise HardRuleViolated(violations)


def adjustments_over(
    document: ScheduleDocument, day: date, departures: list[Departure]
) -> dict[UUID, GuideAdjustments]:
    """The adjustments of `document` and of the later dates that its departures of several days reach into."""
    later = {other for departure in departures for other in days_of(departure)} - {day}
    return adjustments_in(document, entered_on(later))


def entered_on(days: Collection[date]) -> list[ScheduleDocument]:
    """The documents of some dates with what guides entered alone: reading their departures too takes far longer."""
    if not days:
        return []
    rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
    entered = rows.values_list(KeyTransform("guide_adjustments", "assignments"), flat=True)
    return [ScheduleDocument.read({"guide_adjustments": each or {}}) for each in entered]


def adjustments_in(first: ScheduleDocument, later: Iterable[ScheduleDocument]) -> dict[UUID, GuideAdjustments]:
    """What guides entered on a departure's first date and on the later ones that it reaches, by guide.

    A group size of a later date can only lower how many a guide may lead: on the first one it says nothing.
    """
    entered = defaultdict[UUID, list[GuideAdjustments]](list)
    for guide_id, adjustments in first.guide_adjustments.items():
        entered[guide_id].append(adjustments)
    for document in later:
        for guide_id, adjustments in document.guide_adjustments.items():
            entered[guide_id].append(_lowering(adjustments))
    return {guide_id: merged_adjustments(entries) for guide_id, entries in entered.items()}


def _lowering(adjustments: GuideAdjustments) -> GuideAdjustments:
    if adjustments.max_group_size is None:
        return adjustments
    limit = {"kind": "MAX_GROUP_SIZE", "value": adjustments.max_group_size}
    return adjustments.model_copy(update={"restrictions": [*adjustments.restrictions, limit], "max_group_size": None})


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
