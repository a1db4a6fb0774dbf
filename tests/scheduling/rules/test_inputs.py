"""The inputs of the rules."""

from datetime import date, datetime

from scheduling.rules.inputs import days_of
from tests.scheduling.rules.worlds import LOS_ANGELES, out


def test_a_trip_over_the_night_of_a_clock_change_touches_the_dates_its_clocks_show() -> None:
    spring = out(
        datetime(2027, 3, 13, 22, tzinfo=LOS_ANGELES),
        datetime(2027, 3, 15, 0, 30, tzinfo=LOS_ANGELES),
    )
    autumn = out(
        datetime(2026, 10, 31, 22, tzinfo=LOS_ANGELES),
        datetime(2026, 11, 1, 23, 30, tzinfo=LOS_ANGELES),
    )

    assert days_of(spring) == (date(2027, 3, 13), date(2027, 3, 14), date(2027, 3, 15))
    assert days_of(autumn) == (date(2026, 10, 31), date(2026, 11, 1))
