"""Processing of a schedule request by a worker, on the simulated siblings' facts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from events.models import DeadLetter, OutboxMessage
from optimization.models import OptimizationRun, RunStatus
from optimization.requests import inputs
from optimization.requests.processing import process_request
from scheduling.daily_schedules import changes
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.models import DailySchedule, RequestJob, RequestStatus, ScheduleRequest
from scheduling.requests.claims import claim_request
from scheduling.requests.selectors import shown_request
from scheduling.requests.submission import Submission, submit_schedule_request
from tests.scheduling.writes import change, enter
from tests.siblings import SimulatedSiblings


def a_trip_of(siblings: SimulatedSiblings, activity: str) -> UUID:
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": activity, "status": "ACTIVE"})
    return UUID(trips.json()["data"][0]["id"])


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
    assert result["departure"]["departure_id"] == str(request.outcome.departure_id)
    assert (result["departure"]["status"], result["departure"]["date"]) == ("PUBLISHED", str(request.schedule_date))
    assert shown_request(str(request.pk)).current_result == result
    assert OutboxMessage.objects.filter(destination="kafka").count() == 1
    assert OptimizationRun.objects.get(pk=request.outcome.run_id).schedule_date == request.schedule_date


@pytest.mark.django_db
def test_a_request_is_answered_once(siblings: SimulatedSiblings) -> None:
    request = submit(siblings)

    process_request(request.pk)
    process_request(request.pk)

    assert OptimizationRun.objects.count() == 1


def day_of(siblings: SimulatedSiblings, offset: int = 1) -> date:
    return siblings.today + timedelta(days=offset)


def departure_of(request: ScheduleRequest) -> Departure:
    schedule = DailySchedule.objects.get(schedule_date=request.schedule_date)
    return schedule.document.departures[request.outcome.departure_id]


def processed(request: ScheduleRequest) -> ScheduleRequest:
    process_request(request.pk)
    return ScheduleRequest.objects.select_related("outcome").get(pk=request.pk)


def due_now(request: ScheduleRequest) -> None:
    RequestJob.objects.filter(pk=request.pk).update(not_before=timezone.now())


@pytest.mark.django_db
def test_where_nobody_can_go_every_date_says_why_and_nothing_is_written(siblings: SimulatedSiblings) -> None:
    request = processed(submit(siblings, 3, min_group_size=200))

    result = request.outcome.result
    assert (request.status, request.schedule_date) == (RequestStatus.COMPLETED, day_of(siblings))
    assert [entry["date"] for entry in result["recommended_dates"]] == [str(day_of(siblings, n)) for n in (1, 2, 3)]
    assert {entry["availability_status"] for entry in result["recommended_dates"]} == {"UNAVAILABLE"}
    assert all(entry["notes"] for entry in result["recommended_dates"])
    assert not DailySchedule.objects.exists()
    run = OptimizationRun.objects.get()
    assert (run.status, run.schedule_date, run.score) == (RunStatus.COMPLETED, day_of(siblings), 0)


@pytest.mark.django_db
def test_a_second_request_joins_the_departure_and_keeps_its_team(siblings: SimulatedSiblings) -> None:
    first = processed(submit(siblings, 1))
    team, revision = departure_of(first).team, DailySchedule.objects.get().rev

    second = processed(submit(siblings, 1))

    assert second.outcome.departure_id == first.outcome.departure_id
    assert departure_of(second).team == team
    assert DailySchedule.objects.get().rev == revision
    assert OutboxMessage.objects.filter(destination="kafka").count() == 1


@pytest.mark.django_db
def test_a_run_tells_the_algorithm_the_chosen_date_and_how_long_it_took(siblings: SimulatedSiblings) -> None:
    request = processed(submit(siblings))

    run = OptimizationRun.objects.select_related("detail").get(pk=request.outcome.run_id)
    assert (run.status, run.algorithm, run.schedule_date) == (RunStatus.COMPLETED, "milp-highs", request.schedule_date)
    assert run.duration_ms > 0
    assert run.detail.request_id == request.pk
    assert run.detail.proof == "PROVEN"
    assert float(run.score or 0) == request.outcome.result["optimization_score"]


@pytest.mark.django_db
@pytest.mark.parametrize("service", ["svc-weather", "svc-trail-management", "svc-location-services"])
def test_without_one_of_the_surroundings_a_person_decides(siblings: SimulatedSiblings, service: str) -> None:
    request = submit(siblings, 2)
    siblings.switch(service, "down")

    request = processed(request)

    departure = departure_of(request)
    assert departure.needs_approval
    assert departure.status is DepartureStatus.DRAFT
    assert not OutboxMessage.objects.filter(destination__in=["kafka", "svc-notifications"]).exists()
    assert service in {warning.get("source_service") for warning in request.outcome.result["conflict_warnings"]}


@pytest.mark.django_db
def test_where_machines_publish_nothing_the_team_is_tentative(siblings: SimulatedSiblings, settings: Any) -> None:
    settings.AUTO_PUBLISH_REQUESTS = False

    request = processed(submit(siblings, 1))

    assert departure_of(request).status is DepartureStatus.DRAFT
    assert {entry["assignment_status"] for entry in request.outcome.result["guide_assignments"]} == {"TENTATIVE"}


@pytest.mark.django_db
def test_without_the_guides_there_is_no_decision_and_the_request_waits(siblings: SimulatedSiblings) -> None:
    request = submit(siblings, 1)
    siblings.switch("svc-guide-management", "down")

    process_request(request.pk)

    request.refresh_from_db()
    job = RequestJob.objects.get()
    assert (request.status, job.silent_rounds, job.lease_until) == (RequestStatus.PENDING, 1, None)
    assert OptimizationRun.objects.get().status == RunStatus.FAILED
    assert not DailySchedule.objects.exists()


@pytest.mark.django_db
def test_what_submission_could_not_check_the_worker_checks(siblings: SimulatedSiblings) -> None:
    request = submit(siblings, 1)
    siblings.alter("trips", request.constraints["trip_id"], status="SUSPENDED")
    caches["siblings"].clear()

    request = processed(request)

    assert (request.status, request.outcome.error_code) == (RequestStatus.FAILED, "INACTIVE_TRIP")
    assert OptimizationRun.objects.get().status == RunStatus.FAILED
    assert not DeadLetter.objects.exists()


@pytest.mark.django_db
def test_a_worker_whose_claim_was_lost_writes_nothing(
    siblings: SimulatedSiblings, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REQUEST_LEASE_SECONDS = -1
    request = submit(siblings, 1)
    stolen: list[int] = []

    def steal(*_: object) -> None:
        """Another worker claims the request when the first one's change is about to be stored."""
        claim = claim_request(request.pk)
        stolen.extend([claim.token] if claim else [])

    monkeypatch.setattr(changes.detectors, "_functions", [steal])

    process_request(request.pk)

    assert stolen == [2]
    assert not DailySchedule.objects.exists()
    assert not OutboxMessage.objects.filter(destination="kafka").exists()
    assert OptimizationRun.objects.get().status == RunStatus.FAILED


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_once_end_once_each_and_share_no_guide(siblings: SimulatedSiblings) -> None:
    requests = [submit(siblings, 2) for _ in range(6)]

    def work(request: ScheduleRequest) -> None:
        for _ in range(10):
            process_request(request.pk)
            due_now(request)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, requests))

    assert {request.status for request in ScheduleRequest.objects.all()} == {RequestStatus.COMPLETED}
    assert OptimizationRun.objects.filter(status=RunStatus.COMPLETED).count() == len(requests)
    assert all(departure_of(request).team for request in ScheduleRequest.objects.select_related("outcome"))


@pytest.mark.django_db
def test_a_team_that_a_dispatcher_pins_while_the_answer_is_found_stays_pinned(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = processed(submit(siblings, 1))
    pinned = [member.model_copy(update={"pinned": True}) for member in departure_of(first).team]
    second = submit(siblings, 1)
    read, left = inputs.with_availability_notes, [pinned]

    def read_late(*arguments: Any, **options: Any) -> Any:
        while left:
            change(first.outcome.departure_id, first.schedule_date, team=left.pop(), capacity=30)
        return read(*arguments, **options)

    monkeypatch.setattr(inputs, "with_availability_notes", read_late)

    second = processed(second)

    assert second.status == RequestStatus.COMPLETED
    assert departure_of(first).team == pinned


def submit_of_several_days(siblings: SimulatedSiblings) -> ScheduleRequest:
    trip_id = a_trip_of(siblings, "HIKING")
    siblings.alter("trips", str(trip_id), duration_hours=30)
    days = (day_of(siblings),)
    return submit_schedule_request(
        Submission(trip_id=trip_id, preferred_dates=days, sent_constraints={}), subject="kiosk"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("size", [4, 90])
def test_group_sizes_that_guides_enter_on_the_second_day_of_a_trip_only_lower_what_they_lead(
    siblings: SimulatedSiblings, size: int
) -> None:
    request = submit_of_several_days(siblings)
    for guide_id in siblings.summary()["guide_ids"]:
        enter(UUID(guide_id), day_of(siblings, 2), max_group_size=size)

    request = processed(request)

    assert request.status == RequestStatus.COMPLETED
    team = departure_of(request).team
    assert len(team) * size >= departure_of(request).participants
