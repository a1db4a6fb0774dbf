"""Guests of a departure that is moved to another date: those of the table when it is moved, not when it was offered."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.client import Client

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.options import Option
from conflicts.steps import MoveGuests
from events.models import OutboxMessage
from optimization.days.services import optimize_day
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.models import DailySchedule, Reservation
from tests.conflicts.planned import PLANNER, PlannedDay, options_of, plan_a_day, under_a_storm
from tests.scheduling.reservations.arrivals import book, cancel
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer


@pytest.fixture
def planned(db: None, siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def offered(planned: PlannedDay, *reservations: UUID) -> tuple[UUID, UUID, ScheduleConflict, Option]:
    """A departure with these reservations under a storm: its id and trip, the conflict, and another date for it."""
    departure_id = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    trip_id = planned.departure(departure_id).trip_id
    planned.only_of_its_trip(departure_id)
    for reservation in reservations:
        book(trip_id, reservation, day=planned.day)
    conflict, option = under_a_storm(planned, departure_id)
    return departure_id, trip_id, conflict, option


def resolve(conflict: ScheduleConflict, option: Option) -> Any:
    body = {"conflict_id": str(conflict.pk), "selected_resolution_id": str(option.id)}
    url = "/scheduling/v1/schedule-conflicts/resolve"
    return Client().post(url, body, content_type="application/json", headers=bearer(("scheduling:resolve",)))


def new_departure(option: Option) -> Departure:
    [step] = option.added
    return DailySchedule.objects.get(schedule_date=step.day).document.departures[step.departure_id]


def test_who_cancelled_meanwhile_stays_away_and_who_booked_meanwhile_comes_along(planned: PlannedDay) -> None:
    staying, leaving, coming = uuid4(), uuid4(), uuid4()
    departure_id, trip_id, conflict, option = offered(planned, staying, leaving)
    cancel(leaving)
    book(trip_id, coming, guests=2, day=planned.day)

    answer = resolve(conflict, option)

    assert answer.status_code == 200, answer.json()
    assert new_departure(option).reservations == {staying: 2, coming: 2}
    assert planned.departure(departure_id).reservations == {}
    assert new_departure(option).catalog is None
    seated = Reservation.objects.filter(departure_id=option.added[0].departure_id)
    assert {(row.pk, row.trip_date) for row in seated} == {(key, planned.day) for key in (staying, leaving, coming)}


def test_the_next_optimization_of_either_date_leaves_the_guests_where_they_are(planned: PlannedDay) -> None:
    first, second = uuid4(), uuid4()
    departure_id, _, conflict, option = offered(planned, first, second)
    resolve(conflict, option)
    caches["siblings"].clear()

    for day in (planned.day, option.added[0].day):
        optimize_day(day, [planned.region_id], author=PLANNER)

    assert (new_departure(option).reservations, new_departure(option).participants) == ({first: 2, second: 2}, 4)
    assert planned.departure(departure_id).is_cancelled


def test_an_event_of_a_moved_guest_finds_them_on_the_other_date(planned: PlannedDay) -> None:
    first, second = uuid4(), uuid4()
    _, trip_id, conflict, option = offered(planned, first, second)
    resolve(conflict, option)

    cancel(first, minutes=20)
    book(trip_id, second, guests=5, minutes=20, day=planned.day)

    assert (new_departure(option).reservations, new_departure(option).participants) == ({second: 5}, 5)


def test_operations_is_asked_once_to_close_the_old_date_at_the_catalog(planned: PlannedDay) -> None:
    departure_id, _, conflict, option = offered(planned, uuid4(), uuid4())
    assert resolve(conflict, option).status_code == 200
    assert resolve(conflict, option).status_code == 409

    alerts = OutboxMessage.objects.filter(kind="operations.alert", payload__body__variables__key=str(departure_id))

    asked = [alert.payload["body"]["variables"]["reason"] for alert in alerts]
    assert [reason for reason in asked if f"close departure {departure_id} in the catalog" in reason] == asked[-1:]


def test_guests_of_a_cancelled_departure_go_on_another_one_or_on_another_date(planned: PlannedDay) -> None:
    departure_id = planned.staffed()[0]
    trip_id, first, second = planned.departure(departure_id).trip_id, uuid4(), uuid4()
    planned.only_of_its_trip(departure_id)
    planned.sold_on_no_other_date(departure_id)
    book(trip_id, first, day=planned.day)
    book(trip_id, second, day=planned.day)
    planned.edit(departure_id, status=DepartureStatus.CANCELLED, catalog_participants=None, participants=4)
    conflict = ScheduleConflict.objects.open().get(
        details__cause="GUESTS_WITHOUT_PLACE", details__departure_ids=[str(departure_id)]
    )
    option = options_of(conflict, Strategy.RESCHEDULE_TRIP)[0]
    cancel(second, minutes=20)

    answer = resolve(conflict, option)

    assert answer.status_code == 200, answer.json()
    [moved] = [step for step in option.steps if isinstance(step, MoveGuests)]
    document = DailySchedule.objects.get(schedule_date=moved.to_day).document
    assert first in document.departures[moved.to].reservations
    assert second not in document.departures[moved.to].reservations
    assert planned.departure(departure_id).participants == 0
    assert not ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("comes", ["a booking", "a cancellation"])
def test_an_event_at_the_very_moment_of_the_move_is_not_lost(siblings: SimulatedSiblings, comes: str) -> None:
    planned = plan_a_day(siblings)
    staying, other = uuid4(), uuid4()
    departure_id, trip_id, conflict, option = offered(planned, staying, other)
    events: dict[str, Callable[[], None]] = {
        "a booking": lambda: book(trip_id, other, guests=1, minutes=20, day=planned.day),
        "a cancellation": lambda: cancel(other, minutes=20),
    }
    together = threading.Barrier(2)

    def at_once(act: Callable[[], Any]) -> Any:
        try:
            together.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        moved, _ = pool.map(at_once, [lambda: resolve(conflict, option), events[comes]])

    expected = {staying: 2, other: 1} if comes == "a booking" else {staying: 2}
    assert moved.status_code == 200, moved.json()
    assert new_departure(option).reservations == expected
    assert planned.departure(departure_id).reservations == {}
