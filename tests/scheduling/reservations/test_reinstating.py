"""Reservations that are cancelled and come back, with events in any order."""

from collections.abc import Callable
from functools import partial
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from scheduling.models import Reservation, ReservationStatus
from tests.factories import TOMORROW
from tests.scheduling.reservations.arrivals import book, cancel, change_status, in_boise, in_utc, reinstate
from tests.scheduling.writes import put, stored

pytestmark = pytest.mark.django_db


def two_departures(trip: UUID, trip_in_boise: UUID) -> tuple[UUID, UUID]:
    first, second = uuid4(), uuid4()
    put({first: in_utc(trip), second: in_boise(trip_in_boise)})
    return first, second


def test_a_reservation_that_is_confirmed_again_gets_its_seats_back() -> None:
    trips, reservations = (uuid4(), uuid4()), (uuid4(), uuid4())
    departures = two_departures(*trips)
    for trip, reservation in zip(trips, reservations, strict=True):
        book(trip, reservation)
        cancel(reservation)
    assert [stored()[departure].participants for departure in departures] == [0, 0]

    for reservation in reservations:
        reinstate(reservation)

    assert [stored()[departure].reservations for departure in departures] == [{key: 2} for key in reservations]


def test_a_reservation_that_is_created_again_later_gets_its_seats_back() -> None:
    trip, reservation = uuid4(), uuid4()
    departure, _ = two_departures(trip, uuid4())
    book(trip, reservation)
    cancel(reservation, minutes=5)

    book(trip, reservation, minutes=9, guests=3)

    assert stored()[departure].reservations == {reservation: 3}


def test_a_reservation_that_comes_back_returns_to_its_own_departure() -> None:
    trip, reservation, own, earlier = uuid4(), uuid4(), uuid4(), uuid4()
    put({own: in_utc(trip)})
    book(trip, reservation)
    cancel(reservation)
    put({earlier: in_boise(trip, starts_at=stored()[own].starts_at.replace(hour=6))})

    reinstate(reservation)

    assert stored()[own].reservations == {reservation: 2}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_in_whatever_order_they_arrive_the_latest_event_decides(order: tuple[int, ...]) -> None:
    trip, reservation = uuid4(), uuid4()
    departure, _ = two_departures(trip, uuid4())
    events: list[Callable[[], None]] = [
        partial(book, trip, reservation),
        partial(cancel, reservation, minutes=5),
        partial(reinstate, reservation, minutes=9),
    ]

    for number in order:
        events[number]()

    assert stored()[departure].reservations == {reservation: 2}


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_a_reservation_that_is_cancelled_last_has_no_seat_in_any_order(order: tuple[int, ...]) -> None:
    trip, reservation = uuid4(), uuid4()
    departure, _ = two_departures(trip, uuid4())
    events: list[Callable[[], None]] = [
        partial(book, trip, reservation),
        partial(cancel, reservation, minutes=5),
        partial(reinstate, reservation, minutes=9),
        partial(cancel, reservation, minutes=11),
    ]

    for number in order:
        events[number]()

    assert stored()[departure].reservations == {}
    assert Reservation.objects.get().status == ReservationStatus.CANCELLED


def test_of_two_changes_in_one_second_the_one_that_arrives_later_counts() -> None:
    trip, reservation = uuid4(), uuid4()
    departure, _ = two_departures(trip, uuid4())
    book(trip, reservation)

    cancel(reservation, minutes=5)
    reinstate(reservation, minutes=5)

    assert stored()[departure].reservations == {reservation: 2}


def test_a_status_of_a_reservation_that_nobody_knows_yet_waits_for_it() -> None:
    trip, reservation, other = uuid4(), uuid4(), uuid4()
    departure, _ = two_departures(trip, uuid4())
    reinstate(reservation)
    change_status(other, "PENDING", "CONFIRMED", minutes=1)
    assert [row.trip_date for row in Reservation.objects.all()] == [None]

    book(trip, reservation)
    book(trip, other)

    assert stored()[departure].reservations == {reservation: 2, other: 2}
    assert set(Reservation.objects.values_list("trip_date", flat=True)) == {TOMORROW}
