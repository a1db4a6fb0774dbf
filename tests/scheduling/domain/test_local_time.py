from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.local_time import combine, days_touched, local_day, span_of_day

DENVER = ZoneInfo("America/Denver")
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2026, 1, 15), "08:00", datetime(2026, 1, 15, 15, 0, tzinfo=UTC)),
        (date(2026, 7, 15), "08:00", datetime(2026, 7, 15, 14, 0, tzinfo=UTC)),
        (SPRING, "01:59", datetime(2026, 3, 8, 8, 59, tzinfo=UTC)),
        (SPRING, "03:00", datetime(2026, 3, 8, 9, 0, tzinfo=UTC)),
        (AUTUMN, "00:59", datetime(2026, 11, 1, 6, 59, tzinfo=UTC)),
        (AUTUMN, "02:00", datetime(2026, 11, 1, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_an_instant(day: date, clock: str, instant: datetime) -> None:
    assert combine(day, clock, DENVER) == instant


def test_a_time_that_the_clocks_skip_is_the_one_an_hour_later() -> None:
    assert combine(SPRING, "02:30", DENVER) == combine(SPRING, "03:30", DENVER)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    assert combine(AUTUMN, "01:30", DENVER) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("clock", ["8", "25:00", "08:60", "08:00:00", ""])
def test_what_is_no_time_of_day_is_refused(clock: str) -> None:
    with pytest.raises(ValueError, match=r"time data|unconverted"):
        combine(SPRING, clock, DENVER)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (date(2026, 5, 1), 24), (AUTUMN, 25)])
def test_a_day_has_the_hours_that_its_clocks_show(day: date, hours: int) -> None:
    span = span_of_day(day, DENVER)

    assert span.ends_at - span.starts_at == timedelta(hours=hours)


def test_an_instant_is_on_the_date_of_the_region() -> None:
    assert local_day(datetime(2026, 7, 16, 5, 0, tzinfo=UTC), DENVER) == date(2026, 7, 15)


@pytest.mark.parametrize(
    ("day", "clock", "hours", "days"),
    [
        (date(2026, 5, 1), "08:00", 8, 1),
        (date(2026, 5, 1), "16:00", 8, 1),
        (date(2026, 5, 1), "16:01", 8, 2),
        (date(2026, 5, 1), "08:00", 72, 4),
        (SPRING, "00:00", 23, 1),
        (SPRING, "00:00", 24, 2),
        (AUTUMN, "00:00", 25, 1),
    ],
)
def test_a_trip_touches_the_dates_it_goes_on(day: date, clock: str, hours: int, days: int) -> None:
    touched = days_touched(day, clock, timedelta(hours=hours), DENVER)

    assert touched == tuple(day + timedelta(days=n) for n in range(days))
