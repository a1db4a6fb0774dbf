"""Moments and departures for the home page: a company in Denver, a region there and one beyond the date line."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from novatrek_scheduling.console.home.days import DayOverview, RegionDay, read_days
from scheduling.domain.document import Departure
from tests.conflicts.factories import conflict_of
from tests.factories import DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.board.days import store_day

COMPANY = "America/Denver"
DENVER, AUCKLAND = ZoneInfo(COMPANY), ZoneInfo("Pacific/Auckland")
TODAY = date(2031, 6, 2)
SIX = datetime.combine(TODAY, time(6), DENVER)
"""Six in the morning in Denver: 00:00 on the next date in Auckland."""
ROCKIES, HARBOUR = UUID(int=1), UUID(int=2)


def at_home(hour: int, day: date = TODAY, zone: ZoneInfo = DENVER) -> datetime:
    """Return a moment by the clocks of a region."""
    return datetime.combine(day, time(hour), zone)


def led(hour: int, hours: int = 3, *, day: date = TODAY, zone: ZoneInfo = DENVER, **fields: object) -> Departure:
    """Return a departure with a lead, which begins at an hour of its region."""
    starts_at = at_home(hour, day, zone)
    values = {
        "region_id": ROCKIES if zone is DENVER else HARBOUR,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours),
        "team": [TeamMemberFactory()],
    }
    return DepartureFactory(**values | fields)


def plan(*departures: Departure, day: date = TODAY) -> dict[UUID, Departure]:
    """Store a date of these departures, and return them with their ids."""
    planned = {uuid4(): departure for departure in departures}
    store_day(planned, day)
    return planned


def overviews(now: datetime = SIX) -> tuple[DayOverview, DayOverview]:
    return read_days(now)


def by_region(overview: DayOverview) -> Mapping[UUID, RegionDay]:
    return {region.id: region for region in overview.regions}


def conflict_about(
    key: UUID, departure: Departure, day: date = TODAY, severity: Severity = Severity.CRITICAL
) -> ScheduleConflict:
    """Store an open conflict of a departure in the words of the monitors."""
    return conflict_of(
        day,
        severity=severity,
        departure_ids=[str(key)],
        region_id=str(departure.region_id),
        description=f"{departure.trip_name}: the trail is closed.",
    )
