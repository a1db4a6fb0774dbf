from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from scheduling.daily_schedules.lifecycle import ClockSkewed, advance_departures
from scheduling.domain.document import DepartureStatus
from scheduling.models import DailySchedule, ScheduleRevision
from scheduling.tasks import advance_departures_task
from tests.factories import TOMORROW, DepartureFactory, at
from tests.scheduling.writes import put, stored, write_in_sql

pytestmark = pytest.mark.django_db

PUBLISHED, IN_PROGRESS = DepartureStatus.PUBLISHED, DepartureStatus.IN_PROGRESS


@pytest.mark.parametrize(
    ("status", "hour", "expected"),
    [
        (PUBLISHED, 8, PUBLISHED),
        (PUBLISHED, 9, IN_PROGRESS),
        (IN_PROGRESS, 11, IN_PROGRESS),
        (PUBLISHED, 12, DepartureStatus.COMPLETED),
        (IN_PROGRESS, 13, DepartureStatus.COMPLETED),
        (DepartureStatus.DRAFT, 13, DepartureStatus.DRAFT),
        (DepartureStatus.CANCELLED, 13, DepartureStatus.CANCELLED),
    ],
)
def test_a_departure_moves_on_with_time(status: DepartureStatus, hour: int, expected: DepartureStatus) -> None:
    departure = uuid4()
    put({departure: DepartureFactory(status=status)})

    moved = advance_departures(at(hour))

    assert stored()[departure].status is expected
    assert moved == (status is not expected)


def test_a_departure_of_several_days_is_completed_on_its_last() -> None:
    departure = uuid4()
    put({departure: DepartureFactory(status=PUBLISHED, ends_at=at(15, day=TOMORROW + timedelta(days=2)))})

    advance_departures(at(15, day=TOMORROW + timedelta(days=1)))
    assert stored()[departure].status is IN_PROGRESS

    advance_departures(at(15, day=TOMORROW + timedelta(days=2)))
    assert stored()[departure].status is DepartureStatus.COMPLETED


def test_the_history_names_the_clock_and_nothing_is_written_when_nothing_is_due() -> None:
    put({uuid4(): DepartureFactory(status=PUBLISHED)})

    advance_departures(at(10))
    advance_departures(at(11))

    assert DailySchedule.objects.get().rev == 3
    assert ScheduleRevision.objects.get(rev=3).kind == "clock"


def test_a_date_that_cannot_be_read_is_logged_and_stops_no_other() -> None:
    sick, well, next_day = uuid4(), uuid4(), TOMORROW + timedelta(days=1)
    put({sick: DepartureFactory(status=PUBLISHED)})
    write_in_sql(f"{{departures,{sick},team}}", '[{"guide_id": 7}]')
    put(
        {well: DepartureFactory(status=PUBLISHED, starts_at=at(9, day=next_day), ends_at=at(12, day=next_day))},
        next_day,
    )

    with capture_logs() as logs:
        advance_departures(at(10, day=next_day))

    assert stored(next_day)[well].status is IN_PROGRESS
    assert [(entry["event"], entry["day"]) for entry in logs if entry["log_level"] == "error"] == [
        ("departures_unreadable", f"{TOMORROW}")
    ]


@pytest.mark.parametrize("days", [6, -6])
def test_a_clock_that_jumped_completes_nothing(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    departure, jumped = uuid4(), timezone.now() + timedelta(days=days)
    put({departure: DepartureFactory(status=PUBLISHED)})
    monkeypatch.setattr(timezone, "now", lambda: jumped)

    with pytest.raises(ClockSkewed, match="Synchronize the clock of this machine"):
        advance_departures_task()

    assert stored()[departure].status is PUBLISHED


def test_a_clock_that_is_right_moves_what_has_begun() -> None:
    departure, now = uuid4(), timezone.now()
    under_way = DepartureFactory(status=PUBLISHED, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    put({departure: under_way}, now.date())

    advance_departures_task()

    assert stored(now.date())[departure].status is IN_PROGRESS
