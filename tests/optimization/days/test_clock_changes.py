"""Dates of 23 and 25 hours, trips over midnight and of several days, and rest from one date to the next."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Departure, TeamMember
from scheduling.domain.facts import Region, Snapshot
from tests.clock_changes import next_long_day, next_short_day, next_usual_day
from tests.factories import REGION_ID, DepartureFactory, GuideFactory, RegionFactory, TripFactory, lead, snapshot_of
from tests.scheduling.writes import enter, put, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("siblings")]

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night")
PACIFIC, EASTERN = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")
# Clocks there go forward on the first and back on the second, at two in the night.
SHORT_DAY, LONG_DAY, USUAL_DAY = next_short_day(PACIFIC), next_long_day(PACIFIC), next_usual_day(PACIFIC)
A_DAY = timedelta(days=1)
COAST = UUID(int=77)
TRIP = TripFactory(required_certifications=frozenset())
ANA = GuideFactory(name="Ana", region_ids=(str(REGION_ID), str(COAST)))


def clock(day: date, hour: int, minute: int = 0, *, again: bool = False, zone: ZoneInfo = PACIFIC) -> datetime:
    """A time of a region's clock; `again`: the second of the two at the end of summer."""
    return datetime.combine(day, time(hour, minute, fold=int(again)), zone)


def of_trip(starts_at: datetime, ends_at: datetime, *team: TeamMember, **fields: Any) -> Departure:
    defaults = {"trip_id": TRIP.id, "team": list(team), "reservations": {uuid4(): 8}}
    return DepartureFactory(starts_at=starts_at, ends_at=ends_at, **defaults | fields)


def snapshot_around(day: date, *, later: int = 3) -> Snapshot:
    days = tuple(day + timedelta(days=n) for n in range(-1, later + 1))
    regions: dict[UUID, Region] = {
        REGION_ID: RegionFactory(timezone=PACIFIC),
        COAST: RegionFactory(id=COAST, name="Coast", timezone=EASTERN),
    }
    snapshot = snapshot_of(guides=[ANA], trips=[TRIP], days=days)
    return replace(snapshot, days=(day,), regions=regions)


def staffed(day: date, *departures: Departure, snapshot: Snapshot | None = None) -> list[bool]:
    """Return for each departure whether Ana, the only guide, leads it once the date is optimized."""
    keyed = {uuid4(): departure for departure in departures}
    put(keyed, day)
    optimize_day(day, [REGION_ID], author=NIGHT, snapshot=snapshot or snapshot_around(day))
    return [bool(stored(day)[key].team) for key in keyed]


def test_an_hour_that_a_clock_skips_is_no_time_between_departures() -> None:
    """From a quarter to two to five past three it is twenty minutes."""
    night = of_trip(clock(SHORT_DAY, 0, 30), clock(SHORT_DAY, 1, 45))
    morning = of_trip(clock(SHORT_DAY, 3, 5), clock(SHORT_DAY, 6))

    assert sorted(staffed(SHORT_DAY, night, morning)) == [False, True]


def test_an_hour_that_a_clock_shows_twice_is_time_between_departures() -> None:
    """From a quarter to two to a quarter past one, again, it is half an hour."""
    night = of_trip(clock(LONG_DAY, 0, 30), clock(LONG_DAY, 1, 45))
    morning = of_trip(clock(LONG_DAY, 1, 15, again=True), clock(LONG_DAY, 4))

    assert staffed(LONG_DAY, night, morning) == [True, True]


def test_a_night_that_is_an_hour_short_is_not_rest_enough() -> None:
    """From half past ten to seven it is seven hours and a half."""
    put(
        {uuid4(): of_trip(clock(SHORT_DAY - A_DAY, 18), clock(SHORT_DAY - A_DAY, 22, 30), lead(ANA))}, SHORT_DAY - A_DAY
    )

    assert staffed(SHORT_DAY, of_trip(clock(SHORT_DAY, 7), clock(SHORT_DAY, 10))) == [False]


def test_a_night_that_is_an_hour_long_is_rest_enough() -> None:
    """From half past eleven to a quarter to seven it is eight hours and a quarter."""
    put({uuid4(): of_trip(clock(LONG_DAY - A_DAY, 18), clock(LONG_DAY - A_DAY, 23, 30), lead(ANA))}, LONG_DAY - A_DAY)

    assert staffed(LONG_DAY, of_trip(clock(LONG_DAY, 6, 45), clock(LONG_DAY, 10))) == [True]


@pytest.mark.parametrize("day", [SHORT_DAY, LONG_DAY, USUAL_DAY])
def test_a_whole_day_off_lasts_until_the_midnight_of_the_region(day: date) -> None:
    enter(ANA.id, day, availability_exceptions=[{"from": day, "to": day}])

    late = of_trip(clock(day, 22, 30), clock(day, 23, 45))
    tomorrow = of_trip(clock(day + A_DAY, 0), clock(day + A_DAY, 3))

    assert staffed(day, late, tomorrow) == [False, True]


def test_rest_counts_across_regions_each_by_its_own_clock() -> None:
    """Ten in the evening on one coast is seven on the other, where eight hours later it is three."""
    day_before, zone = USUAL_DAY - A_DAY, EASTERN
    elsewhere = of_trip(clock(day_before, 18, zone=zone), clock(day_before, 22, zone=zone), lead(ANA), region_id=COAST)
    put({uuid4(): elsewhere}, day_before)

    too_early, early = clock(USUAL_DAY, 2, 30), clock(USUAL_DAY, 3)

    assert staffed(USUAL_DAY, of_trip(too_early, too_early + timedelta(minutes=20))) == [False]
    assert staffed(USUAL_DAY, of_trip(early, early + timedelta(hours=2))) == [True]


def test_a_date_is_planned_around_who_is_out_on_a_trip_over_midnight() -> None:
    day_before = USUAL_DAY - A_DAY
    put({uuid4(): of_trip(clock(day_before, 20), clock(USUAL_DAY, 2), lead(ANA))}, day_before)

    too_soon, rested = clock(USUAL_DAY, 9, 59), clock(USUAL_DAY, 10)

    assert staffed(USUAL_DAY, of_trip(too_soon, too_soon + timedelta(hours=2))) == [False]
    assert staffed(USUAL_DAY, of_trip(rested, rested + timedelta(hours=2))) == [True]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_guide_who_leads_over_midnight_is_available_on_both_dates(is_there: bool) -> None:
    over_midnight = of_trip(clock(USUAL_DAY, 20), clock(USUAL_DAY + A_DAY, 2))
    snapshot = snapshot_around(USUAL_DAY)
    next_date = {USUAL_DAY + A_DAY: frozenset({ANA.id} if is_there else ())}

    snapshot = replace(snapshot, available={**snapshot.available, **next_date})

    assert staffed(USUAL_DAY, over_midnight, snapshot=snapshot) == [is_there]


def test_a_trip_that_ends_at_midnight_asks_nothing_of_the_next_date() -> None:
    until_midnight = of_trip(clock(USUAL_DAY, 20), clock(USUAL_DAY + A_DAY, 0))
    snapshot = snapshot_around(USUAL_DAY)
    away = replace(snapshot, available={**snapshot.available, USUAL_DAY + A_DAY: frozenset()})

    assert staffed(USUAL_DAY, until_midnight, snapshot=away) == [True]


@pytest.mark.parametrize("day", [SHORT_DAY - A_DAY, LONG_DAY - A_DAY, USUAL_DAY])
def test_a_guide_who_leads_for_three_days_is_available_on_each_and_nowhere_else(day: date) -> None:
    long_trip = of_trip(clock(day, 9), clock(day + 2 * A_DAY, 17))
    enter(ANA.id, day + 3 * A_DAY, availability_exceptions=[{"from": day + 3 * A_DAY, "to": day + 3 * A_DAY}])

    assert staffed(day, long_trip) == [True]
    assert staffed(day + A_DAY, of_trip(clock(day + A_DAY, 9), clock(day + A_DAY, 12))) == [False]
    assert staffed(day + 2 * A_DAY, of_trip(clock(day + 2 * A_DAY, 18), clock(day + 2 * A_DAY, 20))) == [False]


def test_a_guide_who_is_away_on_the_last_of_three_days_does_not_lead_them() -> None:
    enter(
        ANA.id,
        USUAL_DAY + 2 * A_DAY,
        availability_exceptions=[{"from": USUAL_DAY + 2 * A_DAY, "to": USUAL_DAY + 2 * A_DAY}],
    )

    assert staffed(USUAL_DAY, of_trip(clock(USUAL_DAY, 9), clock(USUAL_DAY + 2 * A_DAY, 17))) == [False]


def test_a_later_date_lowers_how_many_a_guide_leads_and_does_not_raise_it() -> None:
    """A trip over midnight brings what is entered on the next date into the plan of both."""
    tomorrow = USUAL_DAY + A_DAY
    enter(ANA.id, tomorrow, max_group_size=30)
    twelve: dict[str, Any] = {"capacity": 20, "participants": 12}

    today = of_trip(clock(USUAL_DAY, 9), clock(USUAL_DAY, 12), reservations={uuid4(): 12}, **twelve)
    over_night = of_trip(clock(USUAL_DAY, 20), clock(tomorrow, 12), reservations={uuid4(): 12}, **twelve)

    assert staffed(USUAL_DAY, today, over_night) == [False, False]


def test_a_pause_is_not_rounded_up_to_what_is_needed() -> None:
    first = of_trip(clock(USUAL_DAY, 9), clock(USUAL_DAY, 12) + timedelta(seconds=30))
    second = of_trip(clock(USUAL_DAY, 12, 30), clock(USUAL_DAY, 15))

    assert sorted(staffed(USUAL_DAY, first, second)) == [False, True]
