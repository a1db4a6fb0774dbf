"""Alerts to operations about dead letters of events, with the guides concerned."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from events.dead_letters import record_dead_letter
from events.models import OutboxMessage
from scheduling.models import Reservation
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, TripFactory, lead
from tests.scheduling.writes import put

pytestmark = pytest.mark.django_db

ANA, BEN, TRIP, TRAIL = GuideFactory(name="Ana"), GuideFactory(name="Ben"), TripFactory(), uuid4()


@pytest.fixture
def departures() -> dict[str, UUID]:
    """Ana goes on the trip, Ben on the trail."""
    keys = {"trip": uuid4(), "trail": uuid4()}
    of_trip = DepartureFactory(trip_id=TRIP.id, team=[lead(ANA)])
    put({keys["trip"]: of_trip, keys["trail"]: DepartureFactory(trail_id=TRAIL, team=[lead(BEN)])})
    return keys


def guides_in_alert(topic: str, **event: Any) -> str:
    """The guides in the alert about an event that could not be handled."""
    payload = json.dumps(event, default=str).encode()
    record_dead_letter(source=topic, reason="Others kept changing it.", payload=payload)
    variables: dict[str, str] = OutboxMessage.objects.get(kind="operations.alert").payload["body"]["variables"]
    return variables["guides"]


@pytest.mark.usefixtures("departures")
def test_a_booking_names_the_guides_of_its_trip_that_day() -> None:
    assert guides_in_alert("reservation.created", reservation_id=uuid4(), trip_id=TRIP.id, trip_date=TOMORROW) == "Ana"


def test_a_cancellation_names_the_guides_of_the_departure_it_was_on(departures: dict[str, UUID]) -> None:
    seated = Reservation.objects.create(
        reservation_id=uuid4(), departure_id=departures["trail"], event_time=timezone.now()
    )

    assert guides_in_alert("reservation.status_changed", reservation_id=seated.pk, new_status="CANCELLED") == "Ben"


@pytest.mark.usefixtures("departures")
def test_a_wildlife_alert_names_the_guides_on_its_trails() -> None:
    assert guides_in_alert("wildlife_alert.issued", alert_id=uuid4(), affected_trail_ids=[uuid4(), TRAIL]) == "Ben"


@pytest.mark.usefixtures("departures")
def test_an_event_that_cannot_be_read_names_nobody_and_is_told_all_the_same() -> None:
    assert guides_in_alert("reservation.created", trip_id="no trip", trip_date=[]) == ""


def test_guests_whom_svc_notifications_refuses_are_told_by_operations_and_other_notices_make_no_alert() -> None:
    reservation, text = str(uuid4()), "Sunrise hike on 2027-05-01 at 09:00 is cancelled."
    body = {"reservation_id": reservation, "variables": {"text": text}}
    for kind in ("guest.cancelled", "guide.cancelled", "operations.alert"):
        notice = {"destination": "svc-notifications", "kind": kind, "payload": {"body": body}}
        record_dead_letter(source="outbox", reason="422: no such recipient", payload=notice)

    alert = OutboxMessage.objects.get(kind="operations.alert").payload["body"]["variables"]
    assert alert["reason"] == f"{text} Tell the guests of reservation {reservation}: 422: no such recipient"
