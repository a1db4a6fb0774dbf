"""Which day it is: the company's own, which is not that of UTC, and not that of every region."""

from datetime import date

from novatrek_scheduling.company_time import company_day, company_zone

__all__ = ["company_day", "company_zone", "day_in"]


def day_in(text: str | None) -> date:
    """Return the date of an address ("2026-11-28"), or the company's day where there is none or it is not a date."""
    try:
        return date.fromisoformat(text) if text else company_day()
    except ValueError:
        return company_day()
