"""Stored conflicts for tests."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from conflicts.detection import Cause, ConflictType, Severity
from conflicts.models import ScheduleConflict
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import Edit, write_daily_schedules
from scheduling.models import DailySchedule
from scheduling.rules import Facts
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory


def put(departure_id: UUID | str, day: date = TOMORROW, *, facts: Facts | None = None, **fields: object) -> UUID:
    """Write one departure into a date's daily schedule."""
    key = UUID(str(departure_id))
    write_daily_schedules([day], putting(key, day, **fields), author=DISPATCHER, facts=facts)
    return key


def putting(departure_id: UUID, day: date = TOMORROW, **fields: object) -> Edit:
    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[day].document.departures[departure_id] = DepartureFactory(**fields)

    return edit


def overfull(**fields: object) -> ScheduleConflict:
    """An open conflict: a draft of tomorrow with more guests than places."""
    departure = put(uuid4(), participants=16, capacity=10, **fields)
    return ScheduleConflict.objects.open().get(details__departure_ids=[str(departure)])


def conflict_of(day: date = TOMORROW, *, severity: Severity = Severity.MEDIUM, **details: object) -> ScheduleConflict:
    """A stored conflict about an unknown departure."""
    schedule = DailySchedule.objects.filter(schedule_date=day).first()
    if schedule is None:
        put(uuid4(), day)
        schedule = DailySchedule.objects.get(schedule_date=day)
    stored = {
        "severity": severity,
        "cause": Cause.DEPARTURE_CAPACITY,
        "description": "Too many guests.",
        "conflict_date": day.isoformat(),
        "departure_ids": [str(uuid4())],
        "subjects": [],
        "fingerprint": str(uuid4()),
        "evidence": {"told": {"allowed": 10}, "read_at": {}, "digest": "none"},
    }
    kind = ConflictType.CAPACITY_EXCEEDED
    return ScheduleConflict.objects.create(schedule=schedule, conflict_type=kind, details=stored | details)
