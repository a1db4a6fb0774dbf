"""Stored conflicts for tests."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from conflicts.choices import ResolutionStatus, Strategy
from conflicts.detection import Cause, ConflictType, Severity
from conflicts.models import ConflictResolution, RiskAcceptance, ScheduleConflict
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import Edit, write_daily_schedules
from scheduling.models import DailySchedule
from scheduling.rules import Facts
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, at

IN_THREE_DAYS = TOMORROW + timedelta(days=2)
"""What is wrong on this date is not CRITICAL for being near, at whatever hour of the day the tests run."""


def put(departure_id: UUID | str, day: date = TOMORROW, *, facts: Facts | None = None, **fields: object) -> UUID:
    """Write one departure into a date's daily schedule; without times it is from 9 to 12 UTC on that date."""
    key = UUID(str(departure_id))
    write_daily_schedules([day], putting(key, day, **fields), author=DISPATCHER, facts=facts)
    return key


def putting(departure_id: UUID, day: date = TOMORROW, **fields: object) -> Edit:
    def edit(drafts: Mapping[date, Draft]) -> None:
        times = {"starts_at": at(9, day=day), "ends_at": at(12, day=day)}
        drafts[day].document.departures[departure_id] = DepartureFactory(**(times | fields))

    return edit


def overfull(day: date = TOMORROW, **fields: object) -> ScheduleConflict:
    """An open conflict: a draft with more guests than places. Within 24 hours of its start it is CRITICAL."""
    departure = put(uuid4(), day, participants=16, capacity=10, **fields)
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


def accepted_conflict(day: date = TOMORROW) -> ScheduleConflict:
    """A stored conflict about an unknown departure whose risk somebody answers for."""
    conflict = conflict_of(day)
    ConflictResolution.objects.create(
        conflict=conflict, strategy=Strategy.ACCEPT_RISK, status=ResolutionStatus.RESOLVED, resolved_by="ana"
    )
    RiskAcceptance.objects.create(
        conflict=conflict,
        fingerprint=conflict.details["fingerprint"],
        severity=conflict.severity,
        evidence_digest="none",
        owner="ana",
        reason="They know the trail.",
        expires_at=timezone.now() + timedelta(days=9),
    )
    ScheduleConflict.objects.filter(pk=conflict.pk).update(resolved=True)
    return conflict


def have_conflicts_of_other_dates() -> None:
    """Enough of them, and counted by the planner: of a handful of rows any index is as good as another, or none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO schedule_conflicts (conflict_id, schedule_id, conflict_type, details, resolved, detected_at)"
            " SELECT gen_random_uuid(), schedule_id, conflict_type, details || jsonb_build_object("
            "   'conflict_date', (current_date - n)::text, 'fingerprint', n::text), n % 2 = 0, detected_at"
            " FROM (SELECT * FROM schedule_conflicts LIMIT 1) AS conflict, generate_series(1, 2000) AS n"
        )
        cursor.execute("ANALYZE schedule_conflicts")
