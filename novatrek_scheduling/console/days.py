"""Which day it is: the company's own, which is not that of UTC, and not that of every region."""

from datetime import UTC, date, datetime, time

from novatrek_scheduling.company_time import company_day, company_zone
from scheduling.domain.facts import Span
from scheduling.domain.limits import ONE_DAY

__all__ = ["anywhere", "company_day", "company_zone", "day_in"]


def day_in(text: str | None) -> date:
    """Return the date of an address ("2026-11-28"), or the company's day where there is none or it is not a date."""
    try:
        return date.fromisoformat(text) if text else company_day()
    except ValueError:
        return company_day()


def anywhere(first: date, last: date | None = None) -> Span:
    """Return a date, or all from it to `last`, by the clocks of any region."""
    begins, ends = (datetime.combine(day, time(12), UTC) for day in (first, last or first))
    return Span(begins - ONE_DAY, ends + ONE_DAY)
