"""The hours to which a machine may move a departure: its trip's, in daylight, while its base camp is open."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.catalog_listing import CatalogListing
from scheduling.domain.daylight import daylight_on
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, Coordinates, Location, OpeningHours
from scheduling.domain.local_time import combine
from scheduling.rules.hours import TripHours, listed_starts
from tests.clock_changes import next_long_day, next_short_day
from tests.factories import REGION_ID, DepartureFactory, RegionFactory, TripFactory, facts_of

DENVER = ZoneInfo("America/Denver")
GLACIER, SVALBARD = Coordinates(48.69, -113.72), Coordinates(78.22, 15.65)
NOVEMBER, MIDSUMMER, MIDWINTER = date(2026, 11, 27), date(2026, 6, 21), date(2026, 12, 21)
SUNSET = daylight_on(NOVEMBER, GLACIER, DENVER).ends_at
TRIP = TripFactory()
CLIMB = timedelta(hours=4)


def outing(day: date, clock: str, duration: timedelta = CLIMB, **fields: Any) -> Departure:
    starts_at = combine(day, clock, DENVER)
    return DepartureFactory(trip_id=TRIP.id, starts_at=starts_at, ends_at=starts_at + duration, **fields)


def hours_of(departure: Departure, starts: dict[str, int], **fields: Any) -> TripHours:
    return TripHours(departure, DENVER, starts, **{"coordinates": GLACIER} | fields)


def at(day: date, clock: str) -> datetime:
    return combine(day, clock, DENVER)


def test_a_departure_moves_only_to_where_its_trip_starts() -> None:
    hours = hours_of(outing(NOVEMBER, "08:00"), {"08:00": 9, "10:30": 1})

    assert hours.allow(at(NOVEMBER, "10:30"))
    assert not hours.allow(at(NOVEMBER, "09:00"))


@pytest.mark.parametrize(("over", "is_allowed"), [(0, True), (60, False)], ids=["at sunset", "a minute after"])
def test_a_departure_is_back_by_sunset(over: int, is_allowed: bool) -> None:
    begins = SUNSET - CLIMB + timedelta(seconds=over)
    clock = begins.astimezone(DENVER).replace(second=0, microsecond=0)
    to_the_second = begins.astimezone(DENVER) - clock
    hours = hours_of(outing(NOVEMBER, "09:00", CLIMB + to_the_second), {"09:00": 9, f"{clock:%H:%M}": 1})

    assert hours.allow(clock) is is_allowed


def test_a_hike_that_is_sold_in_the_afternoon_too_goes_there_in_summer_alone() -> None:
    starts = {"08:00": 9, "15:00": 1}

    assert hours_of(outing(MIDSUMMER, "08:00"), starts).allow(at(MIDSUMMER, "15:00"))
    assert not hours_of(outing(MIDWINTER, "08:00"), starts).allow(at(MIDWINTER, "15:00"))


def test_a_trip_that_runs_at_night_goes_on_another_night() -> None:
    stargazing = hours_of(outing(NOVEMBER, "21:00"), {"21:00": 9, "22:00": 1})

    assert stargazing.allow(at(NOVEMBER, "22:00"))
    assert stargazing.allow(at(NOVEMBER + timedelta(days=1), "21:00"))


def test_a_hike_that_sets_out_before_sunrise_goes_no_longer_in_the_dark_than_it_does() -> None:
    sunrise_hike = hours_of(outing(NOVEMBER, "07:00"), {"07:00": 9, "06:00": 1, "07:30": 1})

    assert sunrise_hike.allow(at(NOVEMBER + timedelta(days=3), "07:00")), "the sun rises later, the hike does not"
    assert sunrise_hike.allow(at(NOVEMBER, "07:30"))
    assert not sunrise_hike.allow(at(NOVEMBER, "06:00"))


def test_nights_in_the_middle_of_a_longer_trip_are_no_matter() -> None:
    overnight = hours_of(outing(NOVEMBER, "09:00", timedelta(hours=26)), {"09:00": 9, "13:00": 1, "16:00": 1})

    assert overnight.allow(at(NOVEMBER, "13:00"))
    assert not overnight.allow(at(NOVEMBER, "16:00")), "it would be back at 18:00"


def test_in_the_polar_summer_the_last_start_is_as_good_as_any() -> None:
    hours = hours_of(outing(MIDSUMMER, "08:00"), {"08:00": 9, "19:30": 1}, coordinates=SVALBARD)

    assert hours.allow(at(MIDSUMMER, "19:30"))


def test_in_the_polar_winter_every_start_is_in_the_dark() -> None:
    hours = hours_of(outing(MIDWINTER, "08:00"), {"08:00": 9, "19:30": 1}, coordinates=SVALBARD)

    assert hours.allow(at(MIDWINTER, "19:30"))


def test_where_the_place_is_unknown_the_hours_of_the_trip_are_enough() -> None:
    hours = hours_of(outing(NOVEMBER, "08:00"), {"08:00": 9, "18:00": 1}, coordinates=None)

    assert hours.allow(at(NOVEMBER, "18:00"))
    assert not hours.allow(at(NOVEMBER, "17:00"))


@pytest.mark.parametrize("change", [next_short_day(DENVER), next_long_day(DENVER)], ids=["spring", "autumn"])
def test_on_the_date_of_a_change_of_clocks_a_trip_starts_at_its_local_time(change: date) -> None:
    hours = hours_of(outing(change - timedelta(days=1), "10:00"), {"10:00": 1})

    assert [moment.astimezone(DENVER).hour for moment in hours.starts_on(change)] == [10]
    assert hours.allow(at(change, "10:00"))
    assert not hours.allow(at(change - timedelta(days=1), "10:00") + timedelta(hours=24))


def camp_open(weekday: date, opens_at: str = "08:00", closes_at: str = "18:00") -> Location:
    return Location(uuid4(), REGION_ID, 20, opening_hours=(OpeningHours(weekday.weekday(), opens_at, closes_at),))


@pytest.mark.parametrize(("clock", "is_open"), [("14:00", True), ("14:01", False), ("07:59", False), ("08:00", True)])
def test_a_departure_leaves_and_comes_back_while_its_base_camp_is_open(clock: str, is_open: bool) -> None:
    hours = hours_of(outing(MIDSUMMER, "09:00"), {"09:00": 9, clock: 1}, camp=camp_open(MIDSUMMER))

    assert hours.allow(at(MIDSUMMER, clock)) is is_open


def test_no_departure_moves_to_a_date_on_which_its_base_camp_is_closed() -> None:
    hours = hours_of(outing(MIDSUMMER, "09:00"), {"09:00": 9}, camp=camp_open(MIDSUMMER))

    assert not hours.allow(at(MIDSUMMER + timedelta(days=1), "09:00"))


def test_a_base_camp_that_closes_after_midnight_is_open_until_then() -> None:
    camp = camp_open(MIDSUMMER, "20:00", "01:00")
    hours = hours_of(outing(MIDSUMMER, "20:00"), {"20:00": 9, "20:30": 1, "21:30": 1}, camp=camp, coordinates=None)

    assert hours.allow(at(MIDSUMMER, "20:00"))
    assert not hours.allow(at(MIDSUMMER, "19:30"))


def test_a_trip_at_night_does_not_ask_whether_the_base_camp_is_open() -> None:
    hours = hours_of(outing(NOVEMBER, "21:00"), {"21:00": 9, "22:00": 1}, camp=camp_open(NOVEMBER))

    assert hours.allow(at(NOVEMBER, "22:00"))


def known(departure: Departure, **fields: Any) -> TripHours:
    facts = facts_of(trips=[TRIP], days=[NOVEMBER], base_camp=fields.pop("camp", None))
    region = RegionFactory(timezone=DENVER, coordinates=fields.pop("coordinates", None))
    snapshot = replace(facts.snapshot, regions={REGION_ID: region}, departures=fields.pop("sold", {}))
    document = ScheduleDocument(departures=fields.pop("planned", {}))
    listed = listed_starts(departure.trip_id, snapshot, [document])
    hours = TripHours.of(departure, replace(facts, snapshot=snapshot, **fields), listed)
    assert hours is not None
    return hours


def listing(trip_id: UUID, clock: str) -> CatalogDeparture:
    return CatalogDeparture(uuid4(), trip_id, NOVEMBER, clock, 12, 4, is_cancelled=False)


def test_the_hours_of_a_trip_are_those_of_the_catalog_and_of_our_own_history() -> None:
    listed = CatalogListing(
        schedule_date=NOVEMBER,
        local_time="11:00",
        trip_id=TRIP.id,
        trip_name=TRIP.name,
        activity_type="HIKING",
        region_id=REGION_ID,
        duration_minutes=240,
        total_spots=12,
    )
    other_trip = uuid4()
    sold = {NOVEMBER: (listing(TRIP.id, "08:00"), listing(TRIP.id, "08:00"), listing(other_trip, "18:00"))}

    hours = known(
        outing(NOVEMBER, "10:00"),
        sold=sold,
        planned={uuid4(): outing(NOVEMBER, "11:15", catalog=listed)},
        past_starts={TRIP.id: {"07:00": 1}, other_trip: {"19:00": 50}},
    )

    assert hours.starts == {"08:00": 2, "11:00": 1, "07:00": 1}
    assert hours.usual == "08:00"


def test_a_trip_of_which_nothing_is_known_starts_when_this_departure_does() -> None:
    assert known(outing(NOVEMBER, "10:00")).starts == {"10:00": 1}


def test_a_departure_is_where_its_base_camp_is_and_else_where_its_region_is() -> None:
    camp = Location(uuid4(), REGION_ID, 20, coordinates=SVALBARD)

    at_camp = known(outing(NOVEMBER, "10:00", location_id=camp.id), camp=camp, coordinates=GLACIER)
    elsewhere = known(outing(NOVEMBER, "10:00"), camp=camp, coordinates=GLACIER)

    assert (at_camp.coordinates, at_camp.camp) == (SVALBARD, camp)
    assert (elsewhere.coordinates, elsewhere.camp) == (GLACIER, None)


def test_the_dates_are_those_of_the_region_and_not_of_utc() -> None:
    late = hours_of(outing(MIDSUMMER, "19:00", timedelta(hours=1)), {"19:00": 1}, coordinates=None)

    [starts_at] = late.starts_on(MIDSUMMER)

    assert starts_at.astimezone(UTC).date() == MIDSUMMER + timedelta(days=1)
    assert late.allow(starts_at)
