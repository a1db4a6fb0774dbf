"""The hard-rule check of a write, against adjustments and commitments as they are under its locks."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from scheduling.commitments import by_guide, commitments_around, commitments_in, without_departures
from scheduling.detectors import Change
from scheduling.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.errors import HardRuleViolated
from scheduling.facts import Span
from scheduling.models import DailySchedule
from scheduling.rules import Commitment, Facts, Violation, merged_adjustments, newly_broken
from scheduling.rules.facts import days_of
from scheduling.rules.legality import Surroundings


def refuse_illegal(changes: Mapping[date, Change], facts: Facts) -> None:
    """Raise HardRuleViolated where the changes, all together, would newly break a hard rule."""
    stored = _stored_commitments(changes)
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
            Surroundings(adjustments_over(change.before, day, departures), stored),
            Surroundings(adjustments_over(change.after, day, departures), by_guide(planned)),
        )
    if violations:
        raise HardRuleViolated(violations)


def adjustments_over(
    document: ScheduleDocument, day: date, departures: list[Departure]
) -> dict[UUID, GuideAdjustments]:
    """The adjustments of `document` and of the later dates that its departures of several days reach into."""
    later = {other for departure in departures for other in days_of(departure)} - {day}
    documents = [document]
    if later:
        rows = DailySchedule.objects.filter(schedule_date__in=later).order_by("schedule_date")
        documents += [row.document for row in rows]
    return adjustments_in(documents)


def adjustments_in(documents: Collection[ScheduleDocument]) -> dict[UUID, GuideAdjustments]:
    """What guides entered on any of these dates, by guide."""
    guides = {guide for each in documents for guide in each.guide_adjustments}
    return {
        guide: merged_adjustments(d.guide_adjustments[guide] for d in documents if guide in d.guide_adjustments)
        for guide in guides
    }


def _all_departures(changes: Mapping[date, Change]) -> frozenset[UUID]:
    return frozenset(key for change in changes.values() for key in change.departure_ids)


def _stored_commitments(changes: Mapping[date, Change]) -> dict[UUID, tuple[Commitment, ...]]:
    departures = [
        departure
        for change in changes.values()
        for document in (change.before, change.after)
        for key in change.departure_ids
        if (departure := document.departures.get(key)) is not None
    ]
    guides = frozenset(guide for departure in departures for guide in departure.guide_ids)
    if not guides:
        return {}
    span = Span(min(d.starts_at for d in departures), max(d.ends_at for d in departures))
    return commitments_around(span, guides)
