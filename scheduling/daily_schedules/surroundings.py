"""The surroundings of departures on other dates: guide adjustments and departures under way."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models.fields.json import KeyTransform

from scheduling.domain.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.models import DailySchedule, GuideCommitment
from scheduling.rules import EntriesByDate
from scheduling.rules.inputs import days_of


def entries_over(document: ScheduleDocument, day: date, departures: Iterable[Departure]) -> EntriesByDate:
    """Return the entries in `document`, of `day`, and those on the later dates that these departures of it reach."""
    later = {other for departure in departures for other in days_of(departure)} - {day}
    return EntriesByDate({**entries_on(later), day: document.guide_adjustments})


def entries_on(days: Collection[date]) -> dict[date, dict[UUID, GuideAdjustments]]:
    """Return the guides' entries of some dates, read without the departures, which would take far longer."""
    if not days:
        return {}
    rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
    entries = rows.values_list("schedule_date", KeyTransform("guide_adjustments", "assignments"))
    return {
        day: ScheduleDocument.read({"guide_adjustments": stored or {}}).guide_adjustments for day, stored in entries
    }


def departures_elsewhere(span: Span, days: Collection[date]) -> list[Departure]:
    """Return staffed departures of dates other than `days` that overlap `span`: mostly trips of several days."""
    overlapping = GuideCommitment.objects.filter(starts_at__lt=span.ends_at, ends_at__gt=span.starts_at)
    nearby = overlapping.filter(
        schedule_date__gte=span.starts_at.date() - LONGEST_TRIP, schedule_date__lte=span.ends_at.date() + ONE_DAY
    )
    dates = nearby.exclude(schedule_date__in=days).values("schedule_date").distinct()
    rows = DailySchedule.objects.filter(schedule_date__in=dates).order_by("schedule_date")
    return [d for row in rows for d in row.document.departures.values() if d.team and d.span.overlaps(span)]
