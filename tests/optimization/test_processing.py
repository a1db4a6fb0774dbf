"""A schedule request in a worker's hands, on the simulated siblings' facts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from events.models import OutboxMessage
from optimization.models import OptimizationRun
from optimization.processing import process_request
from scheduling.document import DepartureStatus
from scheduling.models import DailySchedule, RequestStatus, ScheduleRequest
from scheduling.requests import Submission, submit_schedule_request
from tests.siblings import SimulatedSiblings


def a_trip_of(siblings: SimulatedSiblings, activity: str) -> UUID:
    found = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": activity, "status": "ACTIVE"})
    return UUID(found.json()["data"][0]["id"])


def submit(siblings: SimulatedSiblings, days: int = 5, **constraints: Any) -> ScheduleRequest:
    submission = Submission(
        trip_id=a_trip_of(siblings, "HIKING"),
        preferred_dates=tuple(siblings.today + timedelta(days=n) for n in range(1, days + 1)),
        sent_constraints=constraints,
    )
    return submit_schedule_request(submission, subject="kiosk")


@pytest.mark.django_db
def test_a_request_becomes_a_staffed_published_departure(siblings: SimulatedSiblings) -> None:
    request = submit(siblings)

    process_request(request.pk)

    request.refresh_from_db()
    assert request.status == RequestStatus.COMPLETED
    departure = DailySchedule.objects.get(schedule_date=request.schedule_date).document.departures[
        request.outcome.departure_id
    ]
    assert departure.status is DepartureStatus.PUBLISHED
    assert departure.team
    result = request.outcome.result
    assert {
        entry["assignment_status"]
        for entry in result["guide_assignments"]
        if entry["date"] == str(request.schedule_date)
    } == {"CONFIRMED"}
    assert len(result["recommended_dates"]) == 5
    assert OutboxMessage.objects.filter(destination="kafka").count() == 1
    assert OptimizationRun.objects.get(pk=request.outcome.run_id).schedule_date == request.schedule_date


@pytest.mark.django_db
def test_a_request_is_answered_once(siblings: SimulatedSiblings) -> None:
    request = submit(siblings)

    process_request(request.pk)
    process_request(request.pk)

    assert OptimizationRun.objects.count() == 1
