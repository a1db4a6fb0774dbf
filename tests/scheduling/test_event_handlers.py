import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from events.inbox import Arrival, receive
from events.kafka import EMERGENCY_TRIGGERED, RESERVATION_CREATED, RESERVATION_STATUS_CHANGED, WILDLIFE_ALERT_ISSUED
from events.models import DeadLetter, InboxMessage
from scheduling.domain.facts import Span
from scheduling.domain.limits import LONG_AGO, OPEN_END
from scheduling.hazards import hazards_in_force
from scheduling.models import DailySchedule, Hazard, Reservation
from tests.factories import TOMORROW, DepartureFactory, at
from tests.scheduling.writes import put, stored

TYPES = {
    EMERGENCY_TRIGGERED: "emergency.triggered",
    RESERVATION_CREATED: "reservation.created",
    RESERVATION_STATUS_CHANGED: "reservation.status_changed",
    WILDLIFE_ALERT_ISSUED: "wildlife_alert.issued",
}


def arrive(topic: str, **fields: Any) -> Arrival:
    """Have the inbox receive an event."""
    common = {"event_id": uuid4(), "event_type": TYPES[topic], "timestamp": timezone.now().isoformat()}
    arrival = Arrival(topic, json.dumps(common | fields, default=str).encode())
    receive(arrival, pause=lambda seconds: None)
    return arrival


def booked(trip: UUID, reservation: UUID | None = None, *, minutes_ago: int = 0) -> Arrival:
    return arrive(
        RESERVATION_CREATED,
        timestamp=(timezone.now() - timedelta(minutes=minutes_ago)).isoformat(),
        reservation_id=reservation or uuid4(),
        guest_id=uuid4(),
        trip_id=trip,
        trip_date=TOMORROW,
        participant_count=2,
    )


@pytest.mark.django_db
def test_a_reservation_keeps_whom_to_tell_of_changes() -> None:
    reservation, profile = uuid4(), uuid4()

    arrive(RESERVATION_CREATED, reservation_id=reservation, guest_id=profile, trip_id=uuid4(), trip_date=TOMORROW)

    assert Reservation.objects.get(pk=reservation).guest_id == profile


@pytest.mark.django_db
def test_an_event_that_is_delivered_twice_has_its_effect_once() -> None:
    trip, departure = uuid4(), uuid4()
    put({departure: DepartureFactory(trip_id=trip)})

    arrival = booked(trip)
    receive(arrival, pause=lambda seconds: None)

    assert stored()[departure].participants == 2
    assert (InboxMessage.objects.count(), DailySchedule.objects.get().rev) == (1, 3)


@pytest.mark.django_db
def test_a_cancellation_that_overtakes_its_reservation_wins() -> None:
    trip, departure, reservation = uuid4(), uuid4(), uuid4()
    put({departure: DepartureFactory(trip_id=trip)})

    arrive(
        RESERVATION_STATUS_CHANGED,
        reservation_id=reservation,
        previous_status="CONFIRMED",
        new_status="CANCELLED",
    )
    booked(trip, reservation, minutes_ago=1)

    assert stored()[departure].reservations == {}


@pytest.mark.django_db
def test_an_alert_from_the_broker_becomes_a_hazard() -> None:
    trail, expires_at = uuid4(), timezone.now() + timedelta(hours=3)

    arrive(
        WILDLIFE_ALERT_ISSUED,
        alert_id=uuid4(),
        species_name="Moose",
        threat_level="moderate",
        affected_trail_ids=[trail],
        recommended_action="close_trail",
        expires_at=expires_at.isoformat(),
    )

    hazard = Hazard.objects.get()
    assert (hazard.description, hazard.ends_at) == (
        "Moose sighted, moderate threat, close trail recommended",
        expires_at,
    )
    assert hazard.closes(trail)
    assert not DeadLetter.objects.exists()


FAR_OFF = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2019-05-01T08:00:00Z")
A_BOOKING = {"reservation_id": uuid4(), "guest_id": uuid4(), "trip_id": uuid4(), "trip_date": TOMORROW}
AN_ALERT = {"alert_id": uuid4(), "species_name": "Moose", "threat_level": "high", "affected_trail_ids": [uuid4()]}
AN_EMERGENCY = {
    "emergency_id": uuid4(),
    "guest_id": uuid4(),
    "reservation_id": uuid4(),
    "type": "medical",
    "severity": "critical",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("topic", "event", "field"),
    [
        *((EMERGENCY_TRIGGERED, AN_EMERGENCY | {"timestamp": moment}, "timestamp") for moment in FAR_OFF),
        *((WILDLIFE_ALERT_ISSUED, AN_ALERT | {"timestamp": moment}, "timestamp") for moment in FAR_OFF),
        (WILDLIFE_ALERT_ISSUED, AN_ALERT | {"expires_at": "9999-12-31T23:59:59Z"}, "expires_at"),
        (WILDLIFE_ALERT_ISSUED, AN_ALERT | {"species_name": "M" * 600_000}, "species_name"),
        (EMERGENCY_TRIGGERED, AN_EMERGENCY | {"reported_by": "R" * 600_000}, "reported_by"),
        (RESERVATION_CREATED, A_BOOKING | {"trip_date": "9999-12-31"}, "trip_date"),
        (RESERVATION_CREATED, A_BOOKING | {"trip_date": "2019-05-01"}, "trip_date"),
        (RESERVATION_CREATED, A_BOOKING | {"participant_count": 2_147_483_647}, "participant_count"),
        (RESERVATION_CREATED, A_BOOKING | {"participant_count": 1_001}, "participant_count"),
    ],
)
def test_what_is_out_of_all_bounds_is_a_dead_letter_that_names_the_field(
    topic: str, event: dict[str, Any], field: str
) -> None:
    arrive(topic, **event)

    assert field in DeadLetter.objects.get().reason
    assert not Hazard.objects.exists()
    assert not Reservation.objects.exists()


@pytest.mark.django_db
def test_a_hazard_of_any_age_in_the_table_can_be_reckoned_with() -> None:
    Hazard.objects.create(
        hazard_id=uuid4(),
        kind="EMERGENCY",
        severity="CRITICAL",
        description="SOS",
        starts_at=LONG_AGO,
        ends_at=OPEN_END,
    )

    [hazard] = hazards_in_force(Span(at(9), at(12)))

    assert hazard.span.widened(timedelta(days=45)).overlaps(Span(at(9), at(12)))


@pytest.mark.django_db(transaction=True)
def test_reservations_that_arrive_at_once_all_take_their_seats() -> None:
    trip, departure = uuid4(), uuid4()
    put({departure: DepartureFactory(trip_id=trip, capacity=100)})
    together = threading.Barrier(6)

    def arrive_together(_: int) -> None:
        try:
            together.wait(timeout=10)
            booked(trip)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(arrive_together, range(6)))

    assert (len(stored()[departure].reservations), stored()[departure].participants) == (6, 12)
    assert DailySchedule.objects.get().rev == 2 + 6
    assert not Reservation.objects.exclude(departure_id=departure).exists()
