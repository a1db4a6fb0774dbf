"""Departures that a dispatcher creates, and the message of them to the catalog."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.test import Client

from events.models import OutboxMessage
from optimization.days.services import take_planning_snapshot
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import DepartureStatus
from scheduling.domain.local_time import combine
from tests.factories import DepartureFactory
from tests.scheduling.patches.calls import change
from tests.scheduling.writes import put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


def new_departure(siblings: SimulatedSiblings, day: date) -> tuple[UUID, dict[str, Any]]:
    """A departure of an active trip at a time at which the catalog has none."""
    trip_id = UUID(siblings.summary()["trip_ids"][0])
    snapshot = take_planning_snapshot(day, None)
    region = siblings.call("svc-trip-catalog", f"/trips/{trip_id}").json()["region_id"]
    zone = snapshot.regions[UUID(region)].timezone
    starts_at = combine(day, "05:10", zone)
    return departure_id_of(trip_id, day, "05:10"), {"trip_id": str(trip_id), "starts_at": starts_at.isoformat()}


def test_a_dispatcher_makes_a_departure_and_the_catalog_is_told(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, fields = new_departure(siblings, day)

    response = change(client, key, fields | {"capacity": 6}, at=day)

    assert response.status_code == 200, response.json()
    made = stored(day)[key]
    assert (made.capacity, made.team, made.status) == (6, [], DepartureStatus.DRAFT)
    assert made.starts_at.strftime("%H:%M") == "05:10"
    message = OutboxMessage.objects.get(destination="svc-trip-catalog")
    assert message.payload["departure_id"] == str(key)


def test_a_departure_has_one_id_that_everybody_finds_it_by(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, fields = new_departure(siblings, day)

    response = change(client, uuid4(), fields, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert str(key) in response.json()["message"]


def test_a_departure_is_not_made_again_under_the_id_that_the_catalog_gave_it(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, fields = new_departure(siblings, day)
    change(client, key, fields, at=day)
    payload = OutboxMessage.objects.get(destination="svc-trip-catalog").payload
    path = f"/trips/{payload['trip_id']}/schedule"
    theirs = siblings.call("svc-trip-catalog", path, method="POST", json=payload["body"]).json()["id"]
    caches["siblings"].clear()

    response = change(client, theirs, fields, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert str(key) in response.json()["message"]


def test_a_departure_that_is_on_another_date_here_is_not_made_on_the_catalogs(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    """The catalog moved it, and a person has not decided yet to follow."""
    _, fields = new_departure(siblings, day)
    listed = siblings.add_departure(fields["trip_id"], day, "05:10")
    key, other_day = UUID(listed["id"]), day + timedelta(days=3)
    put({key: DepartureFactory()}, other_day)

    response = change(client, key, fields, at=day)

    assert (response.status_code, response.json()["code"]) == (409, "DEPARTURE_ON_ANOTHER_DATE")
    assert str(other_day) in response.json()["message"]
