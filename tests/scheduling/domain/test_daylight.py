"""Sunrise and sunset of dates by the clocks of a place."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.daylight import daylight_on
from scheduling.domain.facts import Coordinates, Span
from scheduling.domain.local_time import combine, span_of_day
from tests.clock_changes import next_long_day, next_short_day

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
CASCADES = Coordinates(47.75, -121.09)
SVALBARD, OSLO_TIME = Coordinates(78.22, 15.65), ZoneInfo("Europe/Oslo")
MINUTES = timedelta(minutes=3)
# West and east of the date line, south of the equator, and where the sun sets on the next date.
PLACES = [
    (date(2026, 12, 21), CASCADES, LOS_ANGELES, "07:50", "16:16"),
    (date(2026, 6, 21), CASCADES, LOS_ANGELES, "05:06", "21:05"),
    (date(2026, 9, 22), Coordinates(-36.85, 174.76), ZoneInfo("Pacific/Auckland"), "06:10", "18:18"),
    (date(2026, 3, 20), Coordinates(-21.14, -175.2), ZoneInfo("Pacific/Tongatapu"), "06:45", "18:52"),
    (date(2026, 6, 21), Coordinates(64.15, -21.94), ZoneInfo("Atlantic/Reykjavik"), "02:55", "00:03"),
]


@pytest.mark.parametrize(("day", "place", "zone", "sunrise", "sunset"), PLACES)
def test_the_sun_rises_and_sets_by_the_clocks_of_the_place(
    day: date, place: Coordinates, zone: ZoneInfo, sunrise: str, sunset: str
) -> None:
    daylight = daylight_on(day, place, zone)

    setting = day if sunset > sunrise else day + timedelta(days=1)
    assert abs(daylight.starts_at - combine(day, sunrise, zone)) <= MINUTES
    assert abs(daylight.ends_at - combine(setting, sunset, zone)) <= MINUTES


def test_in_the_polar_summer_the_whole_date_is_light() -> None:
    assert daylight_on(date(2026, 6, 21), SVALBARD, OSLO_TIME) == span_of_day(date(2026, 6, 21), OSLO_TIME)


def test_in_the_polar_winter_there_is_no_light_at_all() -> None:
    daylight = daylight_on(date(2026, 12, 21), SVALBARD, OSLO_TIME)

    assert daylight == Span(daylight.starts_at, daylight.starts_at)


@pytest.mark.parametrize("change", [next_short_day(LOS_ANGELES), next_long_day(LOS_ANGELES)], ids=["spring", "autumn"])
def test_the_sun_follows_no_change_of_clocks(change: date) -> None:
    before, after = (daylight_on(day, CASCADES, LOS_ANGELES) for day in (change - timedelta(days=1), change))

    assert abs(after.starts_at - before.starts_at - timedelta(hours=24)) < MINUTES
    assert abs(after.ends_at - before.ends_at - timedelta(hours=24)) < MINUTES
