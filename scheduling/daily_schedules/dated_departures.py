"""Departures over all dates, found by the guides' commitments: who is out at a moment, what a guide leads."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models.fields.json import KeyTransform

from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.models import DailySchedule, GuideCommitment


@dataclass(frozen=True, slots=True)
class DatedDeparture:
    """A departure with the date whose daily schedule has it."""

    id: UUID
    schedule_date: date
    departure: Departure


def departures_out(now: datetime, region_id: UUID | None = None) -> list[DatedDeparture]:
    """Return the staffed departures that are under way at `now` (aware) by their times, in the order of their starts.

    `region_id` None: of all regions. Two queries.
    """
    first, last = now.date() - LONGEST_TRIP - ONE_DAY, now.date() + ONE_DAY
    dated = GuideCommitment.objects.filter(schedule_date__gte=first, schedule_date__lte=last)
    running = dated.filter(starts_at__lte=now, ends_at__gt=now)
    found = _departures(running.values_list("schedule_date", "departure_id").distinct())
    return [out for out in found if region_id in {None, out.departure.region_id}]


def departures_of_guide(guide_id: UUID, first: date, last: date) -> list[DatedDeparture]:
    """Return the departures of these dates with the guide on the team, in the order of their starts. Two queries."""
    dated = GuideCommitment.objects.filter(guide_id=guide_id, schedule_date__gte=first, schedule_date__lte=last)
    return _departures(dated.values_list("schedule_date", "departure_id"))


def departures_named(day: date, departure_ids: Collection[UUID]) -> dict[UUID, Departure]:
    """Return those of these departures that a date has, by id. One query, and nothing else of the date is read."""
    departures = read_drafts([day], departures=departure_ids)[day].document.departures
    found = ((key, departures.get(key)) for key in sorted(departure_ids))
    return {key: departure for key, departure in found if departure is not None}


def _departures(keys: Iterable[tuple[date, UUID]]) -> list[DatedDeparture]:
    """Read these departures; the others of their dates are not parsed."""
    by_day: defaultdict[date, set[str]] = defaultdict(set)
    for day, departure_id in keys:
        by_day[day].add(str(departure_id))
    rows = DailySchedule.objects.filter(schedule_date__in=by_day)
    stored = rows.values_list("schedule_date", KeyTransform("departures", "assignments"))
    found = [dated for day, departures in stored for dated in _read(day, departures or {}, by_day[day])]
    return sorted(found, key=lambda dated: (dated.departure.starts_at, dated.id))


def _read(day: date, departures: Mapping[str, object], keys: Collection[str]) -> Iterator[DatedDeparture]:
    document = ScheduleDocument.read({"departures": {key: departures[key] for key in departures.keys() & keys}})
    return (DatedDeparture(key, day, departure) for key, departure in document.departures.items())
