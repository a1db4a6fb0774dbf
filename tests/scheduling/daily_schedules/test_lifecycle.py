from datetime import timedelta
from uuid import uuid4

import pytest

from scheduling.daily_schedules.lifecycle import advance_departures
from scheduling.domain.document import DepartureStatus
from scheduling.models import DailySchedule, ScheduleRevision
from tests.factories import TOMORROW, DepartureFactory, at
from tests.scheduling.writes import put, stored

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
