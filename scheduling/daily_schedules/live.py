"""The departures that are out at a moment, of whichever dates."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models.fields.json import KeyTransform

from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.models import DailySchedule, GuideCommitment


@dataclass(frozen=True, slots=True)
class DepartureOut:
    """A departure with the date whose daily schedule has it."""

    id: UUID
    schedule_date: date
    departure: Departure


def departures_out(now: datetime, region_id: UUID | None = None) -> list[DepartureOut]:
    """Return the staffed departures that are under way at `now` (aware) by their times, in the order of their starts.

    `region_id` None: of all regions. Two queries; other departures of their dates are not parsed.
    """
    first, last = now.date() - LONGEST_TRIP - ONE_DAY, now.date() + ONE_DAY
    dated = GuideCommitment.objects.filter(schedule_date__gte=first, schedule_date__lte=last)
    running = dated.filter(starts_at__lte=now, ends_at__gt=now)
    keys: defaultdict[date, set[str]] = defaultdict(set)
    for day, departure_id in running.values_list("schedule_date", "departure_id").distinct():
        keys[day].add(str(departure_id))
    rows = DailySchedule.objects.filter(schedule_date__in=keys)
    stored = rows.values_list("schedule_date", KeyTransform("departures", "assignments"))
    out = [found for day, departures in stored for found in _read(day, departures or {}, keys[day])]
    return sorted(
        (found for found in out if region_id in {None, found.departure.region_id}),
        key=lambda found: (found.departure.starts_at, found.id),
    )


def _read(day: date, departures: dict[str, object], keys: set[str]) -> Iterator[DepartureOut]:
    document = ScheduleDocument.read({"departures": {key: departures[key] for key in keys & departures.keys()}})
    return (DepartureOut(key, day, departure) for key, departure in document.departures.items())
