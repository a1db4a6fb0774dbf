"""Guests who lost their place, or never got one, are a conflict from the event or the write that makes them so."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.client import Client

from conflicts.detection.guests import waiting_list_id
from conflicts.models import RiskAcceptance, ScheduleConflict
from conflicts.monitoring.services import detect_on
from conflicts.options import accept_risk
from scheduling.domain.document import DepartureStatus
from scheduling.models import DailySchedule
from scheduling.reservations.placement import place_reservation
from tests.conflicts.factories import conflict_of
from tests.factories import TOMORROW
from tests.scheduling.reservations.arrivals import BOISE_REGION, book, cancel, in_boise, in_utc, reinstate
from tests.scheduling.writes import change, put
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

LATER = TOMORROW + timedelta(days=9)
CAUSE = "GUESTS_WITHOUT_PLACE"


def open_conflicts() -> list[ScheduleConflict]:
    return list(ScheduleConflict.objects.open().filter(details__cause=CAUSE).order_by("detected_at"))


def accept(conflict: ScheduleConflict) -> Any:
    option = accept_risk(conflict.pk, conflict.details)
    body = {
        "conflict_id": str(conflict.pk),
        "selected_resolution_id": str(option.id),
        "operator_notes": "told by telephone",
    }
    url = "/scheduling/v1/schedule-conflicts/resolve"
    return Client().post(url, body, content_type="application/json", headers=bearer(("scheduling:resolve",)))


def test_a_booking_for_a_cancelled_departure_is_a_conflict_that_knows_it(client: Client) -> None:
    trip, first, second = uuid4(), uuid4(), uuid4()
    put({uuid4(): in_boise(trip, LATER, status=DepartureStatus.CANCELLED)}, LATER)

    book(trip, first, day=LATER)
    book(trip, second, guests=3, day=LATER)

    query = {"date": LATER.isoformat(), "region_id": str(BOISE_REGION)}
    answer = client.get("/scheduling/v1/schedule-conflicts", query, headers=bearer(("scheduling:read",)))
    [shown] = answer.json()["conflicts"]
    assert (shown["type"], shown["severity"], shown["region_id"]) == ("CAPACITY_EXCEEDED", "HIGH", str(BOISE_REGION))
    assert shown["affected_trip_ids"] == [str(trip)]
    assert shown["description"].startswith(f"5 guests have no place on {LATER}, Sunrise hike at 21:00 is cancelled")
    assert shown["description"].endswith(": 2 reservations.")
    [conflict] = open_conflicts()
    assert conflict.details["evidence"]["told"]["reservations"] == {str(first): 2, str(second): 3}


def test_it_is_over_once_the_last_of_them_cancels() -> None:
    trip, first, second = uuid4(), uuid4(), uuid4()
    put({uuid4(): in_utc(trip, status=DepartureStatus.CANCELLED)})
    book(trip, first)
    book(trip, second)

    cancel(first)
    assert [conflict.details["guests"] for conflict in open_conflicts()] == [2]
    cancel(second)

    assert open_conflicts() == []
    reinstate(second)
    assert [conflict.details["guests"] for conflict in open_conflicts()] == [2]


def test_it_is_over_once_they_have_a_place() -> None:
    trip, departure, reservation = uuid4(), uuid4(), uuid4()
    put({departure: in_utc(trip, status=DepartureStatus.CANCELLED)})
    book(trip, reservation)
    other_day = TOMORROW + timedelta(days=1)
    put({uuid4(): in_utc(trip, other_day, status=DepartureStatus.CANCELLED)}, other_day)
    book(trip, uuid4(), day=other_day)
    put({uuid4(): in_utc(trip)})

    book(trip, reservation, minutes=3)

    assert [conflict.day for conflict in open_conflicts()] == [other_day]


def test_a_trip_that_the_catalog_lacks_is_a_conflict_on_a_date_that_nobody_planned(siblings: SimulatedSiblings) -> None:
    trip, reservation = uuid4(), uuid4()
    book(trip, reservation, day=LATER)
    assert not DailySchedule.objects.exists()

    place_reservation(reservation)

    [conflict] = open_conflicts()
    assert "region_id" not in conflict.details
    assert (conflict.day, conflict.details["departure_ids"]) == (LATER, [])


def test_a_listed_departure_of_a_suspended_trip_is_a_conflict_of_its_region(siblings: SimulatedSiblings) -> None:
    trip, reservation = UUID(siblings.summary()["trip_ids"][-1]), uuid4()
    siblings.add_departure(str(trip), LATER, "23:30")
    region_id = siblings.alter("trips", str(trip), status="SUSPENDED")["region_id"]
    book(trip, reservation, day=LATER)

    place_reservation(reservation)

    [conflict] = open_conflicts()
    assert (conflict.details["region_id"], conflict.details["guests"]) == (region_id, 2)
    assert conflict.details["evidence"]["told"]["reservations"] == {str(reservation): 2}


def cancelled_by_hand(departure: UUID) -> None:
    change(departure, LATER, status=DepartureStatus.CANCELLED)


def put_back(departure: UUID) -> None:
    change(departure, LATER, status=DepartureStatus.DRAFT)


def test_a_departure_that_is_cancelled_with_guests_is_a_conflict_until_it_runs_again() -> None:
    trip, departure, empty, first, second = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
    put({departure: in_boise(trip, LATER), empty: in_utc(uuid4(), LATER)}, LATER)
    book(trip, first, day=LATER)
    book(trip, second, day=LATER)

    cancelled_by_hand(departure)
    cancelled_by_hand(empty)

    [conflict] = open_conflicts()
    assert conflict.details["departure_ids"] == [str(departure)]
    assert conflict.details["evidence"]["told"]["reservations"] == {str(first): 2, str(second): 2}
    put_back(departure)
    assert open_conflicts() == []


def test_what_the_catalog_sold_without_a_reservation_known_here_counts_too() -> None:
    trip, departure, reservation = uuid4(), uuid4(), uuid4()
    put({departure: in_utc(trip, LATER, catalog_participants=7)}, LATER)
    book(trip, reservation, day=LATER)
    cancelled_by_hand(departure)

    cancel(reservation)

    [conflict] = open_conflicts()
    assert conflict.details["guests"] == 5


@pytest.mark.parametrize("then", [cancel, lambda reservation: None], ids=["fewer", "the same"])
def test_guests_who_were_told_are_no_conflict_again_but_others_are(then: Callable[[UUID], None]) -> None:
    trip, departure, first, second = uuid4(), uuid4(), uuid4(), uuid4()
    put({departure: in_utc(trip, LATER)}, LATER)
    book(trip, first, day=LATER)
    book(trip, second, day=LATER)
    cancelled_by_hand(departure)
    answer = accept(open_conflicts()[0])
    assert answer.status_code == 200, answer.json()
    then(first)
    assert open_conflicts() == []

    book(trip, uuid4(), day=LATER)

    [conflict] = open_conflicts()
    assert conflict.details["departure_ids"] == []


def test_who_was_told_that_nothing_takes_them_is_no_conflict_until_the_date_is_over() -> None:
    trip = uuid4()
    put({uuid4(): in_utc(trip, LATER, status=DepartureStatus.CANCELLED)}, LATER)
    book(trip, uuid4(), day=LATER)

    assert accept(open_conflicts()[0]).status_code == 200

    assert RiskAcceptance.objects.get().expires_at.date() > LATER
    assert open_conflicts() == []


def test_those_who_wait_are_found_by_the_monitors_whatever_became_of_the_event() -> None:
    trip, guest = uuid4(), uuid4()
    put({uuid4(): in_boise(trip, LATER, status=DepartureStatus.CANCELLED)}, LATER)
    book(trip, guest, day=LATER)
    ScheduleConflict.objects.update(resolved=True)

    detect_on([LATER], None)

    [conflict] = open_conflicts()
    assert conflict.details["evidence"]["told"]["reservations"] == {str(guest): 2}


def test_who_waited_for_a_date_that_is_over_is_no_conflict_any_more() -> None:
    trip, past = uuid4(), TOMORROW - timedelta(days=4)
    put({uuid4(): in_boise(uuid4(), past)}, past)
    conflict = conflict_of(
        past,
        cause=CAUSE,
        departure_ids=[],
        subjects=[str(waiting_list_id(past, trip))],
        affected_trip_ids=[str(trip)],
    )

    detect_on([past], None)

    assert open_conflicts() == []
    assert conflict.resolutions.get().notes == "cleared: the date is over"


def test_who_was_told_is_no_conflict_again_because_the_date_is_near() -> None:
    trip = uuid4()
    put({uuid4(): in_boise(trip, TOMORROW, status=DepartureStatus.CANCELLED)}, TOMORROW)
    book(trip, uuid4(), day=TOMORROW)
    [conflict] = open_conflicts()
    conflict.details["severity"] = "HIGH"  # as it was when the date was far away
    conflict.save(update_fields=["details"])
    assert accept(conflict).status_code == 200

    detect_on([TOMORROW], None)

    assert open_conflicts() == []


@pytest.mark.django_db(transaction=True)
def test_a_booking_at_the_very_moment_of_the_cancellation_is_in_the_conflict() -> None:
    trip, departure, before, meanwhile = uuid4(), uuid4(), uuid4(), uuid4()
    put({departure: in_boise(trip, LATER)}, LATER)
    book(trip, before, day=LATER)
    together = threading.Barrier(2)

    def at_once(act: Callable[[], None]) -> None:
        try:
            together.wait(timeout=30)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(at_once, [lambda: cancelled_by_hand(departure), lambda: book(trip, meanwhile, day=LATER)]))

    waiting = [conflict.details["evidence"]["told"]["reservations"] for conflict in open_conflicts()]
    assert {key: guests for reservations in waiting for key, guests in reservations.items()} == {
        str(before): 2,
        str(meanwhile): 2,
    }
    assert sum(len(reservations) for reservations in waiting) == 2
