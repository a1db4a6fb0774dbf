"""Sunrise and sunset."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from astral import Observer, SunDirection
from astral.sun import SUN_APPARENT_RADIUS, elevation, time_of_transit
from astral.sun import noon as solar_noon

from scheduling.domain.facts import Coordinates, Span
from scheduling.domain.limits import ONE_DAY
from scheduling.domain.local_time import combine, span_of_day

HALF_A_DAY = timedelta(hours=12)


@lru_cache(maxsize=4096)
def daylight_on(day: date, place: Coordinates, zone: ZoneInfo) -> Span:
    """Return the time from sunrise to sunset around the noon of a local date.

    Where the sun does not set it is the date from midnight to midnight; where it does not rise, the empty span at noon.
    """
    observer = Observer(place.latitude, place.longitude)
    noon = _noon(day, observer, zone)
    sunrise = _nearest_transit(noon - HALF_A_DAY / 2, observer, day, SunDirection.RISING)
    sunset = _nearest_transit(noon + HALF_A_DAY / 2, observer, day, SunDirection.SETTING)
    if sunrise and sunset:
        return Span(sunrise, sunset)
    return span_of_day(day, zone) if elevation(observer, noon) > 0 else Span(noon, noon)


def _noon(day: date, observer: Observer, zone: ZoneInfo) -> datetime:
    """Return the moment at which the sun is highest on the local date; the library takes the date for one of UTC."""
    midday = combine(day, "12:00", zone)
    moments = (solar_noon(observer, other) for other in _dates_around(day))
    return min(moments, key=lambda moment: abs(moment - midday))


def _nearest_transit(around: datetime, observer: Observer, day: date, direction: SunDirection) -> datetime | None:
    """Return the sunrise or sunset within half a day of `around`, None where the sun does not cross the horizon."""
    nearest = min(_transits(observer, day, direction), key=lambda moment: abs(moment - around), default=None)
    return nearest if nearest and abs(nearest - around) < HALF_A_DAY else None


def _transits(observer: Observer, day: date, direction: SunDirection) -> Iterator[datetime]:
    for other in _dates_around(day):
        with suppress(ValueError):
            yield time_of_transit(observer, other, 90 + SUN_APPARENT_RADIUS, direction)


def _dates_around(day: date) -> tuple[date, date, date]:
    return day - ONE_DAY, day, day + ONE_DAY
