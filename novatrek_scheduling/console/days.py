"""Which day it is: the company's own, which is not that of UTC, and not that of every region."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from scheduling.domain.local_time import local_day


def company_zone() -> ZoneInfo:
    """Return the time zone by which the company counts its days, from COMPANY_TIME_ZONE."""
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


def company_day(now: datetime | None = None) -> date:
    """Return the company's day at `now` (aware; this moment if absent): what "today" means on pages of all regions."""
    return local_day(now or timezone.now(), company_zone())


def day_in(text: str | None) -> date:
    """Return the date of an address ("2026-11-28"), or the company's day where there is none or it is not a date."""
    try:
        return date.fromisoformat(text) if text else company_day()
    except ValueError:
        return company_day()
