"""Whole days for the board, stored at once."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.models import DailySchedule, schedule_id_of
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory, at


def store_day(departures: dict[UUID, Departure], day: date = TOMORROW, rev: int = 1) -> DailySchedule:
    """Store a daily schedule as it would be after many writes, without making them."""
    document = ScheduleDocument(departures=departures)
    return DailySchedule.objects.create(
        schedule_id=schedule_id_of(day), schedule_date=day, rev=rev, assignments=document.write()
    )


def busy_day(count: int, region_ids: list[UUID]) -> dict[UUID, Departure]:
    """Return this many departures, most with a lead, some pinned, over the hours of the day and the regions in turn."""
    return {
        uuid4(): DepartureFactory(
            trip_name=f"Walk {number}",
            region_id=region_ids[number % len(region_ids)],
            trail_id=uuid4() if number % 5 == 0 else None,
            starts_at=at(6) + timedelta(minutes=20 * (number % 36)),
            ends_at=at(9) + timedelta(minutes=20 * (number % 36)),
            team=[TeamMemberFactory(pinned=number % 7 == 0)] if number % 9 else [],
        )
        for number in range(count)
    }
