"""Conversions between local times of a region and instants, exact on days of 23 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduling.domain.facts import Span

_MINUTES_OF_A_DAY = 1440


def combine(day: date, local_time: str, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which clocks in `zone` show `local_time` ("HH:MM") on `day`.

    As RFC 5545, section 3.3.5 has it: a time that is skipped in spring is interpreted by the UTC offset before the
    change, so that 02:30 is 03:30 by the new offset; of a time that occurs twice in autumn, the first is taken.
    Raises ValueError for anything but HH:MM.
    """
    return datetime.combine(day, _clock(local_time), tzinfo=zone).astimezone(UTC)


@lru_cache(_MINUTES_OF_A_DAY)
def _clock(local_time: str) -> time:
    return datetime.strptime(local_time, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the local date in `zone` at `instant` (aware)."""
    return instant.astimezone(zone).date()


def days_touched(day: date, local_time: str, duration: timedelta, zone: ZoneInfo) -> tuple[date, ...]:
    """Return the local dates in `zone` from a start on `day` at `local_time` ("HH:MM") to its end `duration` later."""
    ends_at = combine(day, local_time, zone) + duration
    last = local_day(ends_at - timedelta(microseconds=1), zone)
    return tuple(day + timedelta(days=n) for n in range((last - day).days + 1))


def move_span(starts_at: datetime, span: Span) -> Span:
    """Return `span` moved to `starts_at`, in that one's zone, with the same elapsed time over clock changes."""
    return Span(starts_at, (starts_at.astimezone(UTC) + span.duration).astimezone(starts_at.tzinfo))


def span_of_day(day: date, zone: ZoneInfo) -> Span:
    """Return `day` from midnight to midnight in `zone`: 23, 24 or 25 hours, in UTC."""
    return Span(_midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
