"""Submission of schedule requests: validation, and idempotency by key."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from novatrek_scheduling.company_time import earliest_today
from scheduling.errors import ContradictoryConstraints, DateInThePast, IdempotencyKeyInFlight, IdempotencyKeyReused
from scheduling.models import Priority, RequestJob, RequestStatus, ScheduleRequest
from scheduling.requests.submission import (
    Constraints,
    Submission,
    _hold_key,
    refuse_contradictions,
    submit_schedule_request,
)
from scheduling.snapshot import InactiveTrip, UnknownGuide, UnknownTrip
from tests.siblings import SimulatedSiblings

TODAY = timezone.now().date()
GUIDE, TRIP = uuid4(), uuid4()


def submission(*days: date, trip_id: UUID = TRIP, **fields: Any) -> Submission:
    constraints = fields.pop("constraints", {})
    return Submission(
        trip_id=trip_id,
        preferred_dates=days or (TODAY + timedelta(days=3), TODAY + timedelta(days=1)),
        sent_constraints=constraints,
        **fields,
    )


def submitted(*days: date, key: str | None = None, subject: str = "kiosk", **fields: Any) -> ScheduleRequest:
    """A request accepted unchecked: no sibling answers here."""
    return submit_schedule_request(submission(*days, **fields), subject=subject, idempotency_key=key)


def a_trip(siblings: SimulatedSiblings) -> UUID:
    return UUID(siblings.summary()["trip_ids"][0])


@pytest.mark.django_db
def test_a_request_lies_on_the_table_as_it_was_sent() -> None:
    request = submitted(
        constraints={"min_group_size": 2}, priority=Priority.HIGH, callback_url="https://93.184.216.34/hook"
    )

    assert (request.status, request.requested_by) == (RequestStatus.PENDING, "kiosk")
    assert request.schedule_date == TODAY + timedelta(days=1)
    assert request.constraints == {
        "trip_id": str(TRIP),
        "preferred_dates": [str(TODAY + timedelta(days=3)), str(TODAY + timedelta(days=1))],
        "priority": "HIGH",
        "callback_url": "https://93.184.216.34/hook",
        "min_group_size": 2,
    }
    assert Constraints.read(request.constraints) == Constraints(min_group_size=2)


def test_a_date_that_is_today_somewhere_is_not_past_and_one_that_is_over_everywhere_is() -> None:
    refuse_contradictions(submission(earliest_today()))

    with pytest.raises(DateInThePast) as refused:
        refuse_contradictions(submission(TODAY, earliest_today() - timedelta(days=1)))
    assert [problem.field for problem in refused.value.problems] == ["preferred_dates[1]"]


def test_a_guide_cannot_be_required_and_excluded() -> None:
    both = {"required_guide_ids": [str(GUIDE)], "excluded_guide_ids": [str(uuid4()), str(GUIDE)]}

    with pytest.raises(ContradictoryConstraints, match=str(GUIDE)):
        refuse_contradictions(submission(constraints=both))


def test_the_smallest_group_is_not_above_the_largest() -> None:
    refuse_contradictions(submission(constraints={"min_group_size": 5, "max_group_size": 5}))

    with pytest.raises(ContradictoryConstraints, match="min_group_size 6"):
        refuse_contradictions(submission(constraints={"min_group_size": 6, "max_group_size": 5}))


@pytest.mark.django_db
def test_what_the_siblings_do_not_know_is_refused(siblings: SimulatedSiblings) -> None:
    trip = a_trip(siblings)

    with pytest.raises(UnknownTrip):
        submitted()
    with pytest.raises(InactiveTrip):
        submitted(trip_id=UUID(siblings.summary()["inactive_trip_ids"][0]))
    with pytest.raises(UnknownGuide) as refused:
        submitted(trip_id=trip, constraints={"excluded_guide_ids": [str(GUIDE)]})
    assert [problem.field for problem in refused.value.problems] == ["constraints.excluded_guide_ids"]
    assert not ScheduleRequest.objects.exists()


@pytest.mark.django_db
def test_a_key_that_came_before_returns_the_first_request() -> None:
    first = submitted(key="k")

    assert submitted(key="k").pk == first.pk
    assert submitted(key="k", subject="another").pk != first.pk
    assert submitted(key="other").pk != first.pk
    assert submitted().pk != submitted().pk


@pytest.mark.django_db
def test_a_key_is_not_for_another_body() -> None:
    submitted(key="k")

    with pytest.raises(IdempotencyKeyReused):
        submitted(TODAY, key="k")
    with pytest.raises(IdempotencyKeyReused):
        submitted(key="k", priority=Priority.URGENT)


@pytest.mark.django_db
def test_a_key_keeps_its_answer_when_the_dates_have_passed_since() -> None:
    first = submitted(TODAY, key="k")
    gone = submission(TODAY - timedelta(days=1))
    RequestJob.objects.filter(pk=first.pk).update(body_hash=gone.fingerprint())

    assert submit_schedule_request(gone, subject="kiosk", idempotency_key="k").pk == first.pk


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_many_at_once_makes_one_request() -> None:
    together = threading.Barrier(8)

    def submit(_: int) -> UUID | None:
        together.wait(timeout=30)
        try:
            return submitted(key="k").pk
        except IdempotencyKeyInFlight:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(submit, range(8)))

    [request] = ScheduleRequest.objects.all()
    assert answers - {None} == {request.pk}


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_being_accepted_is_in_flight() -> None:
    def submit() -> str:
        try:
            return str(submitted(key="k").pk)
        except IdempotencyKeyInFlight as refused:
            return refused.code
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        _hold_key("kiosk", "k")
        assert pool.submit(submit).result(timeout=30) == "IDEMPOTENCY_KEY_IN_FLIGHT"
