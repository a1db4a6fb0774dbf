"""Events of reservations, as the inbox receives them from Kafka."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from events.inbox import Arrival, receive
from events.kafka import RESERVATION_CREATED, RESERVATION_STATUS_CHANGED
from events.models import DeadLetter
from scheduling.domain.document import Departure
from tests.factories import TOMORROW, DepartureFactory, at

BOOKED_AT = at(12, day=TOMORROW - timedelta(days=3))
BOISE, BOISE_REGION = ZoneInfo("America/Boise"), UUID("22222222-2222-4222-8222-222222222222")


def book(trip: UUID, reservation: UUID, *, minutes: int = 0, guests: int = 2, day: date = TOMORROW) -> None:
    """Guests book; the event has its time, in minutes after the first of the test."""
    _receive(
        RESERVATION_CREATED,
        "reservation.created",
        BOOKED_AT + timedelta(minutes=minutes),
        reservation_id=reservation,
        guest_id=uuid4(),
        trip_id=trip,
        trip_date=day,
        participant_count=guests,
    )


def change_status(reservation: UUID, previous: str, new: str, *, minutes: int) -> None:
    _receive(
        RESERVATION_STATUS_CHANGED,
        "reservation.status_changed",
        BOOKED_AT + timedelta(minutes=minutes),
        reservation_id=reservation,
        previous_status=previous,
        new_status=new,
    )


def cancel(reservation: UUID, *, minutes: int = 5) -> None:
    change_status(reservation, "CONFIRMED", "CANCELLED", minutes=minutes)


def reinstate(reservation: UUID, *, minutes: int = 9) -> None:
    change_status(reservation, "CANCELLED", "CONFIRMED", minutes=minutes)


def in_utc(trip: UUID, day: date = TOMORROW, **fields: Any) -> Departure:
    """An empty departure at nine, in a region of UTC."""
    times = {"starts_at": at(9, day=day), "ends_at": at(12, day=day)}
    return DepartureFactory(trip_id=trip, **({"participants": 0} | times | fields))


def in_boise(trip: UUID, day: date = TOMORROW, **fields: Any) -> Departure:
    """An empty departure at nine in the evening by its region's clock: the day after in UTC."""
    starts_at = datetime(day.year, day.month, day.day, 21, tzinfo=BOISE)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    return DepartureFactory(trip_id=trip, region_id=BOISE_REGION, **({"participants": 0} | times | fields))


def _receive(topic: str, event_type: str, moment: datetime, **fields: Any) -> None:
    event = {"event_id": uuid4(), "event_type": event_type, "timestamp": moment.isoformat()} | fields
    receive(Arrival(topic, json.dumps(event, default=str).encode()), pause=lambda seconds: None)
    assert not DeadLetter.objects.exists(), DeadLetter.objects.values_list("reason", flat=True)
