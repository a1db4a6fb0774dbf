"""What every iCalendar (RFC 5545) of ours is made of."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from icalendar import Timezone

PRODUCT = "-//NovaTrek Adventures//Scheduling Orchestrator//EN"
NAMESPACE = "scheduling.novatrek.example.com"


def local_or_utc(instant: datetime, zone: tzinfo) -> datetime:
    """Return `instant` in the local time of `zone`, or in UTC within the hour that is repeated in autumn.

    A local time of a calendar cannot express which of the two hours it is in, and is read as the first.
    """
    local = instant.astimezone(zone)
    return instant.astimezone(UTC) if local.fold else local


@lru_cache(maxsize=64)
def timezone_component(tzid: str, first_year: int, year_after: int) -> Timezone:
    """Return the VTIMEZONE of a zone, with its changes of UTC offset in those years."""
    return Timezone.from_tzid(tzid, first_date=date(first_year, 1, 1), last_date=date(year_after, 1, 1))


def plain(text: str) -> str:
    """Return the text on one line, without the characters that a calendar must not contain."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
