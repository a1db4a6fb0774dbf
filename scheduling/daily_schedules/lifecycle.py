"""The life cycle of published departures by the clock: in progress from their start, completed from their end."""

from collections.abc import Mapping
from datetime import date, datetime

import structlog
from django.db.models import BooleanField, F, Func, Value

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.writer import Draft, write_daily_schedules
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.errors import ContentionNotResolved
from scheduling.models import DailySchedule

logger = structlog.get_logger(__name__)

CLOCK = Author(AuthorKind.CLOCK, "clock")
NOT_OVER = Func(
    F("assignments"),
    Value('$.departures.*.status ? (@ == "PUBLISHED" || @ == "IN_PROGRESS")'),
    template="jsonb_path_exists(%(expressions)s::jsonpath)",
    output_field=BooleanField(),
)


def advance_departures(now: datetime) -> int:
    """Set IN_PROGRESS and COMPLETED on the published departures that are due, and return how many changed.

    Drafts and cancelled departures keep their status. A date under contention is left for the next call.
    """
    return sum(_advance(day, now) for day in _days_due(now))


def _days_due(now: datetime) -> list[date]:
    today = now.date()
    rows = DailySchedule.objects.filter(
        NOT_OVER, schedule_date__gte=today - LONGEST_TRIP, schedule_date__lte=today + ONE_DAY
    )
    return [
        row.schedule_date
        for row in rows.order_by("schedule_date")
        if any(_status_at(departure, now) is not departure.status for departure in row.document.departures.values())
    ]


def _advance(day: date, now: datetime) -> int:
    def edit(drafts: Mapping[date, Draft]) -> None:
        for departure in drafts[day].document.departures.values():
            departure.status = _status_at(departure, now)

    try:
        changes = write_daily_schedules([day], edit, author=CLOCK)
    except ContentionNotResolved as contention:
        logger.warning("departures_not_advanced", day=str(day), reason=contention.message)
        return 0
    return sum(len(change.departure_ids) for change in changes.values())


def _status_at(departure: Departure, now: datetime) -> DepartureStatus:
    if departure.status not in {DepartureStatus.PUBLISHED, DepartureStatus.IN_PROGRESS}:
        return departure.status
    if departure.ends_at <= now:
        return DepartureStatus.COMPLETED
    return DepartureStatus.IN_PROGRESS if departure.starts_at <= now else departure.status
