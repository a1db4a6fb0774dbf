"""The next dates on which a region's clocks change, whenever the tests run."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

# Tests put departures on the date before, which must not have begun either.
FIRST_IN_DAYS = 3
_A_DAY = timedelta(days=1)


def next_short_day(zone: ZoneInfo) -> date:
    """Return the next date of 23 hours: clocks go forward."""
    return _next_of(zone, hours=23)


def next_long_day(zone: ZoneInfo) -> date:
    """Return the next date of 25 hours: clocks go back."""
    return _next_of(zone, hours=25)


def next_usual_day(zone: ZoneInfo, *, days_around: int = 4) -> date:
    """Return the next date of 24 hours with `days_around` such dates on either side."""
    around = range(-days_around, days_around + 1)
    return next(day for day in _days_ahead() if all(_hours_of(day + n * _A_DAY, zone) == 24 for n in around))


def _next_of(zone: ZoneInfo, *, hours: int) -> date:
    return next(day for day in _days_ahead() if _hours_of(day, zone) == hours)


def _days_ahead() -> Iterator[date]:
    today = datetime.now(UTC).date()
    return (today + timedelta(days=days) for days in count(FIRST_IN_DAYS))


def _hours_of(day: date, zone: ZoneInfo) -> float:
    begins, ends = (datetime.combine(date_, time(), zone).astimezone(UTC) for date_ in (day, day + _A_DAY))
    return (ends - begins) / timedelta(hours=1)
