"""Local times of a region as instants: computed in UTC, on days of 23 and 25 hours too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.domain.facts import Span


def combine(day: date, local_time: str, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which clocks in `zone` show `local_time` ("HH:MM") on `day`.

    A time that the clocks skip in spring is taken by the offset before the change: 02:30 becomes what
    the clocks then call 03:30. Of a time that comes twice in autumn, the first is meant. Raises
    ValueError for anything but HH:MM.
    """
    clock = datetime.strptime(local_time, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The date on calendars in `zone` at `instant` (aware)."""
    return instant.astimezone(zone).date()


def days_touched(day: date, local_time: str, duration: timedelta, zone: ZoneInfo) -> tuple[date, ...]:
    """The dates in `zone` on which something that starts on `day` at `local_time` goes on."""
    ends_at = combine(day, local_time, zone) + duration
    last = local_day(ends_at - timedelta(microseconds=1), zone)
    return tuple(day + timedelta(days=n) for n in range((last - day).days + 1))


def moved_to(starts_at: datetime, span: Span) -> Span:
    """`span` from `starts_at` on, shown by the clocks of its zone: as long as it was, whatever they skip or repeat."""
    return Span(starts_at, (starts_at.astimezone(UTC) + span.duration).astimezone(starts_at.tzinfo))


def span_of_day(day: date, zone: ZoneInfo) -> Span:
    """`day` from midnight to midnight in `zone`: 23, 24 or 25 hours."""
    return Span(_midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
