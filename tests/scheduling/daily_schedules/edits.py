"""Shortcuts of tests of the writer: an edit of one departure, and the stored row."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import Edit
from scheduling.models import DailySchedule
from tests.factories import TOMORROW, DepartureFactory

NEXT_DAY = TOMORROW + timedelta(days=1)


def putting(departure_id: UUID, **fields: object) -> Edit:
    """An edit that writes one departure of tomorrow."""

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures[departure_id] = DepartureFactory(**fields)

    return edit


def stored(day: date = TOMORROW) -> DailySchedule:
    return DailySchedule.objects.get(schedule_date=day)
