"""The company's own time: what "today" means where several regions are looked at together."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_LAST_CLOCKS = timedelta(hours=12)
"""How far behind UTC the last clocks of the world are."""


def company_zone() -> ZoneInfo:
    """Return the time zone by which the company counts its days, from COMPANY_TIME_ZONE."""
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


def company_day(now: datetime | None = None) -> date:
    """Return the company's day at `now` (aware; this moment if absent): what "today" means on pages of all regions."""
    return (now or timezone.now()).astimezone(company_zone()).date()


def earliest_today(now: datetime | None = None) -> date:
    """Return the earliest date that is today in some region at `now`: the dates before it are over everywhere."""
    return ((now or timezone.now()).astimezone(UTC) - _LAST_CLOCKS).date()
