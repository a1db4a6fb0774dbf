"""Bookings for departures that nobody can join any more."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.test.client import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from events.models import OutboxMessage
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.catalog_listing import CatalogListing, ListingState
from scheduling.domain.document import DepartureStatus
from scheduling.models import Reservation
from scheduling.reservations.placement import place_reservation
from scheduling.reservations.placement_queue import sweep_reservations
from scheduling.siblings import SiblingUnavailable
from tests.factories import DISPATCHER, TOMORROW, at
from tests.scheduling.reservations.arrivals import BOISE_REGION, BOOKED_AT, book, cancel, in_boise, in_utc, reinstate
from tests.scheduling.writes import change, put, stored
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


def notices() -> list[str]:
    alerts = OutboxMessage.objects.filter(kind="operations.alert").order_by("id")
    return [alert.payload["body"]["variables"]["reason"] for alert in alerts]


def patch_status(client: Client, departure: UUID, status: str) -> None:
    answer = client.patch(
        f"/scheduling/v1/daily-schedules/{TOMORROW}",
        {"assignments": {"departures": {str(departure): {"status": status}}}},
        content_type="application/json",
        headers=bearer(("scheduling:write",)),
    )
    assert answer.status_code == 200, answer.json()


def test_nobody_is_seated_on_a_cancelled_departure_and_operations_hears_of_it() -> None:
    trip, departure, reservation = uuid4(), uuid4(), uuid4()
    put({departure: in_boise(trip, status=DepartureStatus.CANCELLED)})

    book(trip, reservation)

    waiting = Reservation.objects.get()
    assert stored()[departure].reservations == {}
    assert (waiting.departure_id, waiting.region_id) == (None, BOISE_REGION)
    assert notices() == [
        f"Reservation {reservation}, 2 guests on {TOMORROW}, has no place: Sunrise hike at 21:00 is cancelled."
    ]


def test_operations_is_told_once_however_often_the_booking_arrives_or_is_tried_again() -> None:
    trip, reservation = uuid4(), uuid4()
    put({uuid4(): in_utc(trip, status=DepartureStatus.CANCELLED)})

    book(trip, reservation)
    book(trip, reservation, minutes=1)
    book(trip, uuid4())

    assert len(notices()) == 2


def test_another_departure_of_the_trip_takes_them_even_in_the_evening() -> None:
    trip, cancelled, evening, reservation = uuid4(), uuid4(), uuid4(), uuid4()
    put({cancelled: in_utc(trip, status=DepartureStatus.CANCELLED), evening: in_boise(trip)})

    book(trip, reservation)

    assert stored()[evening].reservations == {reservation: 2}
    assert notices() == []


def test_nobody_joins_what_had_begun_when_they_booked_and_who_booked_before_is_aboard() -> None:
    trip, departure, late, early = uuid4(), uuid4(), uuid4(), uuid4()
    day = BOOKED_AT.date()
    times = {"starts_at": BOOKED_AT + timedelta(minutes=10), "ends_at": BOOKED_AT + timedelta(hours=3)}
    put({departure: in_utc(trip, status=DepartureStatus.IN_PROGRESS, **times)}, day)

    book(trip, late, minutes=20, day=day)
    book(trip, early, minutes=5, day=day)

    assert stored(day)[departure].reservations == {early: 2}
    assert "had begun" in Reservation.objects.get(pk=late).unplaced_reason


def test_a_departure_that_is_cancelled_keeps_its_guests_and_operations_hears_of_each(client: Client) -> None:
    trip, departure, first, second = uuid4(), uuid4(), uuid4(), uuid4()
    put({departure: in_utc(trip, starts_at=at(9)), uuid4(): in_utc(uuid4())})
    book(trip, first)
    book(trip, second, guests=3)

    patch_status(client, departure, "CANCELLED")

    of_guests, of_catalog = notices()
    assert stored()[departure].reservations == {first: 2, second: 3}
    assert "5 guests have no place" in of_guests
    assert str(first) in of_guests
    assert str(second) in of_guests
    assert f"close departure {departure} in the catalog" in of_catalog


@pytest.mark.parametrize("state", [state for state in ListingState if state is not ListingState.FOR_SALE])
@pytest.mark.parametrize("field", ["catalog", "catalog_change"])
def test_nobody_is_asked_to_close_what_the_catalog_does_not_sell(
    client: Client, state: ListingState, field: str
) -> None:
    departure, planned = uuid4(), in_boise(uuid4())
    listing = CatalogListing(
        schedule_date=TOMORROW,
        local_time="21:00",
        state=state,
        trip_id=planned.trip_id,
        trip_name=planned.trip_name,
        activity_type=planned.activity_type,
        region_id=BOISE_REGION,
        duration_minutes=120,
        total_spots=12,
    )
    put({departure: planned.model_copy(update={field: listing})})

    patch_status(client, departure, "CANCELLED")

    assert stored()[departure].is_cancelled
    assert notices() == []


def test_a_departure_that_is_reinstated_has_the_guests_of_the_table() -> None:
    trip, departure, staying, leaving = uuid4(), uuid4(), uuid4(), uuid4()
    put({departure: in_utc(trip)})
    book(trip, staying)
    book(trip, leaving)
    change(departure, status=DepartureStatus.CANCELLED)
    cancel(leaving)

    def reinstate_with_others(drafts: Mapping[date, Draft]) -> None:
        reinstated = drafts[TOMORROW].document.departures[departure]
        reinstated.status, reinstated.reservations = DepartureStatus.DRAFT, {uuid4(): 9}

    write_daily_schedules([TOMORROW], reinstate_with_others, author=DISPATCHER)

    assert stored()[departure].reservations == {staying: 2}
    assert stored()[departure].participants == 2


def test_who_waits_is_tried_again_when_the_departure_is_reinstated(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    trip, departure, reservation = uuid4(), uuid4(), uuid4()
    put({departure: in_utc(trip, status=DepartureStatus.CANCELLED)})
    book(trip, reservation)

    with django_capture_on_commit_callbacks() as queued:
        change(departure, status=DepartureStatus.DRAFT)

    assert len(queued) == 1


def test_what_the_catalog_sells_at_another_hour_takes_them(siblings: SimulatedSiblings) -> None:
    trip, cancelled, reservation = UUID(siblings.summary()["trip_ids"][0]), uuid4(), uuid4()
    day = TOMORROW + timedelta(days=200)
    put({cancelled: in_utc(trip, day, status=DepartureStatus.CANCELLED)}, day)
    sold = siblings.add_departure(str(trip), day, "23:30")
    book(trip, reservation, day=day)

    assert place_reservation(reservation)

    assert stored(day)[UUID(sold["id"])].reservations == {reservation: 2}
    assert Reservation.objects.get().unplaced_reason == ""


def test_no_departure_of_ours_replaces_one_that_is_cancelled(siblings: SimulatedSiblings) -> None:
    trip, cancelled, reservation = UUID(siblings.summary()["trip_ids"][0]), uuid4(), uuid4()
    day = TOMORROW + timedelta(days=200)
    put({cancelled: in_utc(trip, day, status=DepartureStatus.CANCELLED)}, day)
    book(trip, reservation, day=day)

    assert not place_reservation(reservation)

    assert list(stored(day)) == [cancelled]


def test_a_listing_that_the_catalog_cancelled_is_no_place_until_it_runs_again(siblings: SimulatedSiblings) -> None:
    trip, reservation = UUID(siblings.summary()["trip_ids"][0]), uuid4()
    day = TOMORROW + timedelta(days=200)
    sold = siblings.add_departure(str(trip), day, "09:30", status="CANCELLED")
    book(trip, reservation, day=day)

    assert not place_reservation(reservation)
    assert "the catalog has cancelled its departures" in notices()[0]
    siblings.alter("departures", sold["id"], status="OPEN")

    assert place_reservation(reservation)
    assert stored(day)[UUID(sold["id"])].reservations == {reservation: 2}


@pytest.mark.parametrize("status", ["SUSPENDED", "RETIRED", "DRAFT"])
def test_a_listing_of_a_trip_that_is_not_for_sale_is_no_place_until_it_is_sold(
    siblings: SimulatedSiblings, status: str
) -> None:
    trip, reservation = UUID(siblings.summary()["trip_ids"][-1]), uuid4()
    day = TOMORROW + timedelta(days=200)
    sold = siblings.add_departure(str(trip), day, "09:30")
    siblings.alter("trips", str(trip), status=status)
    book(trip, reservation, day=day)

    assert not place_reservation(reservation)
    assert stored(day) == {}
    assert "the catalog does not sell it any more" in notices()[0]
    siblings.alter("trips", str(trip), status="ACTIVE")
    caches["siblings"].clear()

    assert place_reservation(reservation)
    assert stored(day)[UUID(sold["id"])].reservations == {reservation: 2}


def test_a_trip_that_the_catalog_does_not_have_is_no_place(siblings: SimulatedSiblings) -> None:
    trip, reservation = uuid4(), uuid4()
    book(trip, reservation)

    assert not place_reservation(reservation)
    assert not place_reservation(reservation)

    [notice] = notices()
    assert f"the catalog has no trip {trip}" in notice


def test_a_catalog_that_is_silent_for_long_is_no_place_either(siblings: SimulatedSiblings) -> None:
    trip, reservation = UUID(siblings.summary()["trip_ids"][0]), uuid4()
    book(trip, reservation)
    siblings.switch("svc-trip-catalog", "down")
    with pytest.raises(SiblingUnavailable):
        place_reservation(reservation)
    assert notices() == []
    Reservation.objects.update(recorded_at=timezone.now() - timedelta(minutes=6))

    with pytest.raises(SiblingUnavailable):
        place_reservation(reservation)

    assert len(notices()) == 1


def test_who_was_tried_waits_longer_each_time_and_lets_others_go_first(siblings: SimulatedSiblings) -> None:
    hopeless, fresh = uuid4(), uuid4()
    book(uuid4(), hopeless)
    for _ in range(3):
        place_reservation(hopeless)
    book(uuid4(), fresh)
    Reservation.objects.update(recorded_at=timezone.now() - timedelta(minutes=6))
    pause = Reservation.objects.get(pk=hopeless).try_again_at

    assert pause is not None
    assert pause - timezone.now() > timedelta(minutes=3)
    assert sweep_reservations(timezone.now(), older_than=timedelta(seconds=60)) == 1
    assert sweep_reservations(timezone.now() + timedelta(minutes=30), older_than=timedelta(seconds=60)) == 2
    assert sweep_reservations(timezone.now() + timedelta(days=4), older_than=timedelta(seconds=60)) == 0


def test_who_waits_and_cancels_waits_no_more_and_waits_again_when_reinstated() -> None:
    trip, reservation = uuid4(), uuid4()
    put({uuid4(): in_utc(trip, status=DepartureStatus.CANCELLED)})
    book(trip, reservation)

    cancel(reservation)
    assert Reservation.objects.get().unplaced_reason == ""
    reinstate(reservation)

    assert Reservation.objects.get().unplaced_reason == "Sunrise hike at 09:00 is cancelled"
    assert len(notices()) == 2
