from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from events.models import OutboxMessage
from events.outbox import DeliveryRefused, destinations
from scheduling.models import DepartureAlias
from scheduling.outbox_deliveries import deliver_now
from scheduling.siblings import SiblingUnavailable
from tests.scheduling.siblings.examples import a_hike, tomorrow
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

SIBLINGS = ["svc-notifications", "svc-trip-catalog", "svc-trail-management", "svc-analytics"]
NOTIFICATION = {"recipient_id": f"{UUID(int=7)}", "channel": "EMAIL", "variables": {"day": "Monday"}}
EVENT = {
    "event_type": "schedule.optimized",
    "occurred_at": "2026-01-01T00:00:00Z",
    "source": "svc-scheduling-orchestrator",
    "score_after": 90.0,
    "unassigned_count": 0,
    "duration_ms": 12,
}


def a_payload(siblings: SimulatedSiblings, destination: str) -> dict[str, Any]:
    """One that the sibling takes."""
    template = settings.NOTIFICATION_TEMPLATES["guide_assigned"]
    closure = {"reason": "A rockslide.", "start_date": f"{tomorrow(siblings)}", "severity": "SEVERE"}
    payloads: dict[str, dict[str, Any]] = {
        "svc-notifications": {"body": NOTIFICATION | {"template_id": template}},
        "svc-trip-catalog": a_departure(a_hike(siblings), tomorrow(siblings), "05:15"),
        "svc-trail-management": {"trail_id": siblings.summary()["trail_ids"][0], "body": closure},
        "svc-analytics": {"body": EVENT},
    }
    return payloads[destination]


def a_departure(trip_id: UUID, day: date, clock: str) -> dict[str, Any]:
    body = {"departure_date": f"{day}", "departure_time": clock}
    return {"trip_id": f"{trip_id}", "departure_id": f"{UUID(int=5)}", "body": body}


def deliver(destination: str, payload: dict[str, Any]) -> None:
    deliver_now(destination, payload, key=f"{uuid4()}", deadline_seconds=2)


@pytest.mark.parametrize("destination", SIBLINGS)
def test_a_sibling_is_told_what_the_outbox_holds_for_it(siblings: SimulatedSiblings, destination: str) -> None:
    payload = a_payload(siblings, destination)

    deliver(destination, payload)

    [received] = siblings.received(destination)
    assert payload["body"].items() <= received["body"].items()


@pytest.mark.parametrize("destination", SIBLINGS)
def test_the_relay_serves_every_sibling_that_is_told(siblings: SimulatedSiblings, destination: str) -> None:
    payload = a_payload(siblings, destination)
    [served] = [registered for registered in destinations() if registered.name == destination]

    failures = served.deliver([OutboxMessage(pk=1, destination=destination, key="k", payload=payload)])

    assert failures == {}
    assert len(siblings.received(destination)) == 1


@pytest.mark.parametrize("trouble", ["down", "slow", "failing"])
@pytest.mark.parametrize("destination", SIBLINGS)
def test_a_sibling_that_does_not_listen_is_told_later(
    siblings: SimulatedSiblings, destination: str, trouble: str
) -> None:
    payload = a_payload(siblings, destination)
    siblings.switch(destination, trouble)

    with pytest.raises(SiblingUnavailable):
        deliver_now(destination, payload, key="message", deadline_seconds=0.5)


@pytest.mark.parametrize(
    ("destination", "payload"),
    [
        ("svc-notifications", {"body": NOTIFICATION | {"template_id": f"{UUID(int=8)}"}}),
        ("svc-notifications", {"body": {}}),
        ("svc-trip-catalog", a_departure(UUID(int=1), date(2026, 1, 1), "08:00")),
        ("svc-trail-management", {"trail_id": f"{UUID(int=1)}", "body": {"reason": "x"}}),
        ("svc-analytics", {"body": {"event_type": "lunch"}}),
    ],
)
def test_what_a_sibling_will_never_take_is_refused(
    siblings: SimulatedSiblings, destination: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(DeliveryRefused, match=destination):
        deliver(destination, payload)


def test_the_id_that_the_catalog_gives_a_departure_is_kept(siblings: SimulatedSiblings) -> None:
    deliver("svc-trip-catalog", a_payload(siblings, "svc-trip-catalog"))

    alias = DepartureAlias.objects.get(departure_id=UUID(int=5))
    assert siblings.get("departures", f"{alias.catalog_id}")["departure_time"] == "05:15"
    assert (alias.trip_id, alias.schedule_date) == (a_hike(siblings), tomorrow(siblings))


def test_a_departure_that_the_catalog_has_already_is_as_good_as_told(siblings: SimulatedSiblings) -> None:
    existing = siblings.add_departure(f"{a_hike(siblings)}", tomorrow(siblings), "05:15")

    deliver("svc-trip-catalog", a_payload(siblings, "svc-trip-catalog"))

    assert f"{DepartureAlias.objects.get().catalog_id}" == existing["id"]


def test_telling_the_catalog_twice_makes_one_departure(siblings: SimulatedSiblings) -> None:
    for _ in range(2):
        deliver("svc-trip-catalog", a_payload(siblings, "svc-trip-catalog"))

    assert len(siblings.received("svc-trip-catalog")) == DepartureAlias.objects.count() == 1


@pytest.mark.parametrize("destination", SIBLINGS)
def test_an_answer_off_the_contract_is_not_taken_for_a_delivery(siblings: SimulatedSiblings, destination: str) -> None:
    payload = a_payload(siblings, destination)
    siblings.switch(destination, "off_contract")

    with pytest.raises(SiblingUnavailable):
        deliver(destination, payload)
