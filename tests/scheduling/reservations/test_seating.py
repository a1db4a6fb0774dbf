from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from events.models import OutboxMessage
from scheduling.daily_schedules.catalog_aliases import record_alias
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import DepartureStatus
from scheduling.event_handlers import reservation_created, reservation_status_changed
from scheduling.hooks import optimization_requested
from scheduling.models import DailySchedule, DepartureAlias, Reservation, ReservationStatus
from scheduling.outbox_deliveries import deliver_now
from scheduling.reservations.placement import place_reservation
from scheduling.reservations.placement_queue import waiting_reservations
from tests.factories import TOMORROW, DepartureFactory, at
from tests.scheduling.writes import put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

NOON = at(12, day=TOMORROW - timedelta(days=3))
QUIET_DAY = timezone.now().date() + timedelta(days=200)


def created(reservation: UUID, trip: UUID, *, minutes: int = 0, **fields: Any) -> None:
    event = {
        "event_id": str(uuid4()),
        "event_type": "reservation.created",
        "timestamp": (NOON + timedelta(minutes=minutes)).isoformat(),
        "reservation_id": str(reservation),
        "guest_id": str(uuid4()),
        "trip_id": str(trip),
        "trip_date": TOMORROW.isoformat(),
        "participant_count": 2,
    } | fields
    reservation_created({name: value for name, value in event.items() if value is not None})


def cancelled(reservation: UUID, *, minutes: int = 5, status: str = "CANCELLED", previously: str = "CONFIRMED") -> None:
    reservation_status_changed(
        {
            "event_id": str(uuid4()),
            "event_type": "reservation.status_changed",
            "timestamp": (NOON + timedelta(minutes=minutes)).isoformat(),
            "reservation_id": str(reservation),
            "previous_status": previously,
            "new_status": status,
        }
    )


def one_departure(trip: UUID, **fields: Any) -> UUID:
    departure = uuid4()
    put({departure: DepartureFactory(trip_id=trip, **({"participants": 0} | fields))})
    return departure


def seats(departure: UUID) -> tuple[dict[UUID, int], int]:
    stored_departure = stored()[departure]
    return stored_departure.reservations, stored_departure.participants


def test_a_reservation_takes_seats_on_the_departure_of_its_trip_and_date() -> None:
    trip, reservation = uuid4(), uuid4()
    departure = one_departure(trip)

    created(reservation, trip)

    assert seats(departure) == ({reservation: 2}, 2)
    assert Reservation.objects.get().departure_id == departure


def test_participants_are_what_the_catalog_sold_until_reservations_are_more() -> None:
    trip = uuid4()
    departure = one_departure(trip, catalog_participants=5)

    created(uuid4(), trip, participant_count=4)
    assert stored()[departure].participants == 5

    created(uuid4(), trip, participant_count=4)
    assert stored()[departure].participants == 8


def test_a_reservation_without_a_count_is_for_one() -> None:
    trip, reservation = uuid4(), uuid4()
    departure = one_departure(trip)

    created(reservation, trip, participant_count=None)

    assert seats(departure) == ({reservation: 1}, 1)


def test_a_reservation_without_a_date_is_recorded_and_has_no_effect() -> None:
    trip = uuid4()
    departure = one_departure(trip)

    created(uuid4(), trip, trip_date=None)

    assert seats(departure) == ({}, 0)
    assert Reservation.objects.get().status == ReservationStatus.ACTIVE
    assert not waiting_reservations(TOMORROW).exists()


def test_telling_it_twice_changes_nothing() -> None:
    trip, reservation = uuid4(), uuid4()
    one_departure(trip)
    created(reservation, trip)
    before = DailySchedule.objects.get().rev

    created(reservation, trip)

    assert DailySchedule.objects.get().rev == before


def test_a_later_telling_replaces_an_earlier_one_and_never_the_other_way_round() -> None:
    trip, reservation = uuid4(), uuid4()
    departure = one_departure(trip)
    created(reservation, trip, minutes=10, participant_count=3)

    created(reservation, trip, minutes=20, participant_count=5)
    created(reservation, trip, minutes=5, participant_count=1)

    assert seats(departure) == ({reservation: 5}, 5)


def test_a_cancellation_gives_the_seats_back() -> None:
    trip, reservation = uuid4(), uuid4()
    departure = one_departure(trip)
    created(reservation, trip)

    cancelled(reservation)

    assert seats(departure) == ({}, 0)
    assert Reservation.objects.get().status == ReservationStatus.CANCELLED


@pytest.mark.parametrize("minutes", [0, 5])
def test_a_created_that_is_older_than_the_cancellation_raises_nothing(minutes: int) -> None:
    trip, reservation = uuid4(), uuid4()
    departure = one_departure(trip)
    cancelled(reservation)

    created(reservation, trip, minutes=minutes)

    assert seats(departure) == ({}, 0)
    tombstone = Reservation.objects.get()
    assert (tombstone.status, tombstone.trip_id) == (ReservationStatus.CANCELLED, trip)


def test_guests_who_check_in_keep_their_seats() -> None:
    trip, reservation = uuid4(), uuid4()
    departure = one_departure(trip)
    created(reservation, trip)

    cancelled(reservation, status="CHECKED_IN")

    assert seats(departure) == ({reservation: 2}, 2)


def test_of_several_departures_the_earliest_with_room_is_taken_and_else_the_earliest() -> None:
    trip = uuid4()
    full = one_departure(trip, participants=12, catalog_participants=12)
    later = one_departure(trip, starts_at=at(13), ends_at=at(16), capacity=3)
    one_departure(trip, starts_at=at(7), ends_at=at(8), status=DepartureStatus.CANCELLED)
    first, second = uuid4(), uuid4()

    created(first, trip)
    created(second, trip)

    assert stored()[later].reservations == {first: 2}
    assert stored()[full].reservations == {second: 2}


def test_a_reservation_that_changes_its_date_leaves_the_old_departure() -> None:
    trip, reservation, next_day = uuid4(), uuid4(), TOMORROW + timedelta(days=1)
    departure, other = one_departure(trip), uuid4()
    put({other: DepartureFactory(trip_id=trip, participants=0)}, next_day)
    created(reservation, trip)

    created(reservation, trip, minutes=1, trip_date=next_day.isoformat())

    assert seats(departure) == ({}, 0)
    assert stored(next_day)[other].reservations == {reservation: 2}


def test_a_date_without_a_departure_queues_its_making_once_committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as queued:
        created(uuid4(), uuid4())

    assert len(queued) == 1
    assert waiting_reservations(TOMORROW).count() == 1


def test_the_catalogs_departure_is_made_under_its_own_id(siblings: SimulatedSiblings) -> None:
    trip, reservation = UUID(siblings.summary()["trip_ids"][0]), uuid4()
    sold = siblings.add_departure(str(trip), QUIET_DAY, "09:30", total=10, sold=3)
    created(reservation, trip, trip_date=QUIET_DAY.isoformat())

    assert place_reservation(reservation)

    departure = stored(QUIET_DAY)[UUID(sold["id"])]
    assert departure.starts_at.strftime("%H:%M") == "09:30"
    assert (departure.reservations, departure.participants, departure.capacity) == ({reservation: 2}, 3, 10)
    assert departure.team == []


def test_a_departure_that_the_catalog_lacks_is_made_offered_to_it_and_planned(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[tuple[date, UUID]] = []
    monkeypatch.setattr(optimization_requested, "_functions", [lambda day, region: queued.append((day, region))])
    trip, reservation = UUID(siblings.summary()["trip_ids"][0]), uuid4()
    created(reservation, trip, trip_date=QUIET_DAY.isoformat())

    assert place_reservation(reservation)
    assert not place_reservation(reservation)

    [(key, departure)] = stored(QUIET_DAY).items()
    clock = departure.starts_at.strftime("%H:%M")
    assert key == departure_id_of(trip, QUIET_DAY, clock)
    message = OutboxMessage.objects.get(destination="svc-trip-catalog")
    assert message.payload["body"] == {"departure_date": QUIET_DAY.isoformat(), "departure_time": clock}
    assert queued == [(QUIET_DAY, departure.region_id)]
    deliver_now(message.destination, message.payload, key=str(message.message_id), deadline_seconds=10)
    assert DepartureAlias.objects.get().departure_id == key


def test_a_departure_of_ours_that_the_catalog_took_keeps_our_id(siblings: SimulatedSiblings) -> None:
    trip, ours, reservation = UUID(siblings.summary()["trip_ids"][0]), uuid4(), uuid4()
    sold = siblings.add_departure(str(trip), QUIET_DAY, "09:30")
    record_alias(ours, UUID(sold["id"]), trip_id=trip, day=QUIET_DAY)
    record_alias(ours, UUID(sold["id"]), trip_id=trip, day=QUIET_DAY)
    created(reservation, trip, trip_date=QUIET_DAY.isoformat())

    place_reservation(reservation)

    assert list(stored(QUIET_DAY)) == [ours]
    assert DepartureAlias.objects.count() == 1


def test_a_reservation_of_a_trip_that_nobody_knows_waits(siblings: SimulatedSiblings) -> None:
    reservation = uuid4()
    created(reservation, uuid4())

    assert not place_reservation(reservation)
    assert waiting_reservations(TOMORROW).count() == 1
