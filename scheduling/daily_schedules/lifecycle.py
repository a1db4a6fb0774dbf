"""The life cycle of published departures by the clock: in progress from their start, completed from their end."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import structlog
from django.db import connection
from django.db.models import BooleanField, F, Func, Value
from pydantic import ValidationError

from novatrek_scheduling.errors import Unavailable
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.errors import ContentionNotResolved
from scheduling.models import DailySchedule

logger = structlog.get_logger(__name__)

MAX_CLOCK_SKEW = timedelta(minutes=5)
CLOCK = Author(AuthorKind.CLOCK, "clock")
NOT_OVER = Func(
    F("assignments"),
    Value('$.departures.*.status ? (@ == "PUBLISHED" || @ == "IN_PROGRESS")'),
    template="jsonb_path_exists(%(expressions)s::jsonpath)",
    output_field=BooleanField(),
)


class ClockSkewed(Unavailable):
    """The clock of this process differs from the database's: what it calls over may not have begun."""

    code = "CLOCK_SKEWED"


def refuse_skewed_clock(now: datetime) -> None:
    """Raise ClockSkewed where `now`, this process's time, is more than `MAX_CLOCK_SKEW` from the database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (database_now,) = cursor.fetchone()
    if abs(now - database_now) > MAX_CLOCK_SKEW:
        raise ClockSkewed(
            f"The clock of this process says {now:%Y-%m-%d %H:%M:%S} UTC, "
            f"the database's {database_now:%Y-%m-%d %H:%M:%S} UTC. "
            "Synchronize the clock of this machine; no departure changes its status until then."
        )


def advance_departures(now: datetime) -> int:
    """Set IN_PROGRESS and COMPLETED on the published departures that are due, and return how many changed.

    Drafts and cancelled departures keep their status. A date under contention is left for the next call, and one whose
    document cannot be read stays as it is: it is logged, and stops no other.
    """
    return sum(_advance(day, now) for day in _days_due(now))


def _days_due(now: datetime) -> list[date]:
    today = now.date()
    rows = DailySchedule.objects.filter(
        NOT_OVER, schedule_date__gte=today - LONGEST_TRIP, schedule_date__lte=today + ONE_DAY
    )
    return [row.schedule_date for row in rows.order_by("schedule_date") if _is_due(row, now)]


def _is_due(row: DailySchedule, now: datetime) -> bool:
    try:
        document = row.document
    except ValidationError as error:
        logger.error("daily_schedule_unreadable", day=str(row.schedule_date), problems=error.error_count())
        return False
    if document.unreadable_departures:
        unreadable = sorted(map(str, document.unreadable_departures))
        logger.error("departures_unreadable", day=str(row.schedule_date), departures=unreadable)
    return any(_status_at(departure, now) is not departure.status for departure in document.departures.values())


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
