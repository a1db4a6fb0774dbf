"""Schedules of single trips, read in full: what they lack is gone, and what cannot be read is not."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from scheduling.snapshot.trip_schedules import TripSchedule, read_trip_schedules
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

DAYS = 20


def trip_and_departures(siblings: SimulatedSiblings) -> tuple[UUID, set[UUID]]:
    trip_id = siblings.summary()["trip_ids"][0]
    last = siblings.today + timedelta(days=DAYS)
    params = {"date_from": str(siblings.today), "date_to": str(last), "page_size": 100}
    listed = siblings.call("svc-trip-catalog", f"/trips/{trip_id}/schedule", params=params).json()["data"]
    return UUID(trip_id), {UUID(departure["id"]) for departure in listed}


def schedules_of(siblings: SimulatedSiblings, *trip_ids: UUID) -> dict[UUID, TripSchedule]:
    last = siblings.today + timedelta(days=DAYS)
    return read_trip_schedules(trip_ids, siblings.today, last, deadline_seconds=20)


def test_a_schedule_has_every_departure_and_a_trip_that_is_gone_has_none(siblings: SimulatedSiblings) -> None:
    trip_id, departures = trip_and_departures(siblings)
    unknown = uuid4()

    schedules = schedules_of(siblings, trip_id, unknown)

    assert schedules[trip_id].departures.keys() == departures
    assert schedules[trip_id].trip
    assert (schedules[unknown].trip, schedules[unknown].departures) == (None, {})


@pytest.mark.parametrize("mode", ["down", "failing", "off_contract", "truncated"])
def test_a_schedule_that_is_not_complete_is_left_out(siblings: SimulatedSiblings, mode: str) -> None:
    trip_id, _ = trip_and_departures(siblings)
    siblings.switch("svc-trip-catalog", mode)

    assert schedules_of(siblings, trip_id) == {}


def test_a_departure_that_cannot_be_read_is_not_gone(siblings: SimulatedSiblings) -> None:
    trip_id, departures = trip_and_departures(siblings)
    sick = min(departures)
    siblings.alter("departures", str(sick), departure_time="25:00")

    schedule = schedules_of(siblings, trip_id)[trip_id]

    assert schedule.unreadable == {sick}
    assert schedule.departures.keys() == departures - {sick}
