import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from events import kafka, schemas
from events.asyncapi import document, example
from tests.contracts import parsed

COMPONENT_KEY = re.compile(r"[a-zA-Z0-9._-]+")
TOP_LEVEL = {"asyncapi", "info", "defaultContentType", "servers", "channels", "operations", "components"}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if set(node) == {"$ref"}:
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _resolve(root: dict[str, Any], reference: str) -> Any:
    node: Any = root
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def test_every_reference_leads_somewhere() -> None:
    asyncapi = document()

    references = list(_references(asyncapi))

    assert references
    assert all(_resolve(asyncapi, reference) for reference in references)


def test_the_document_has_the_shape_of_asyncapi_3() -> None:
    asyncapi = document()

    assert set(asyncapi) == TOP_LEVEL
    assert asyncapi["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(asyncapi["info"])
    assert all({"host", "protocol"} <= set(server) for server in asyncapi["servers"].values())
    assert all(COMPONENT_KEY.fullmatch(name) for name in asyncapi["components"]["messages"])
    assert all("payload" in message for message in asyncapi["components"]["messages"].values())


def test_every_topic_is_a_channel_with_an_operation() -> None:
    asyncapi = document()

    addresses = {name: channel["address"] for name, channel in asyncapi["channels"].items()}
    actions = {operation["channel"]["$ref"]: operation["action"] for operation in asyncapi["operations"].values()}

    sent = {*kafka.SENT_TOPICS, kafka.DEAD_LETTERS}
    assert actions == {
        f"#/channels/{name}": "send" if topic in sent else "receive" for name, topic in addresses.items()
    }
    assert set(addresses.values()) == set(schemas.SCHEMAS) | {kafka.DEAD_LETTERS}


@pytest.mark.parametrize(
    ("topic", "channel", "operation", "message"),
    [
        (
            "novatrek.operations.schedule.published",
            "schedulePublished",
            "publishSchedulePublished",
            "SchedulePublished",
        ),
        (
            "novatrek.booking.reservation.created",
            "reservationCreated",
            "receiveReservationCreated",
            "ReservationCreated",
        ),
        (
            "novatrek.booking.reservation.status-changed",
            "reservationStatusChanged",
            "receiveReservationStatusChanged",
            "ReservationStatusChanged",
        ),
        (
            "novatrek.safety.emergency.triggered",
            "emergencyTriggered",
            "receiveEmergencyTriggered",
            "EmergencyTriggered",
        ),
        (
            "novatrek.safety.wildlife-alert.issued",
            "wildlifeAlertIssued",
            "receiveWildlifeAlertIssued",
            "WildlifeAlertIssued",
        ),
    ],
)
def test_names_are_those_of_the_published_documents(topic: str, channel: str, operation: str, message: str) -> None:
    asyncapi = document()

    assert asyncapi["channels"][channel]["address"] == topic
    assert asyncapi["channels"][channel]["messages"] == {channel: {"$ref": f"#/components/messages/{message}"}}
    assert asyncapi["operations"][operation]["channel"] == {"$ref": f"#/channels/{channel}"}
    assert asyncapi["components"]["messages"][message]["name"] == message
    payload = {"$ref": f"#/components/schemas/{message}Payload"}
    assert asyncapi["components"]["messages"][message]["payload"] == payload
    schema = asyncapi["components"]["schemas"][f"{message}Payload"]
    assert schema["properties"] == schemas.SCHEMAS[topic]["properties"]


@pytest.mark.parametrize("topic", schemas.SCHEMAS)
def test_every_sample_is_an_event_of_its_topic(topic: str) -> None:
    schemas.check(topic, example(schemas.event_type_of(topic)))


@override_settings(ROOT_URLCONF="events.urls", SECURE_SSL_REDIRECT=False)
def test_the_document_is_served_as_yaml(client: Client) -> None:
    response = client.get("/asyncapi.yaml")

    assert response.status_code == 200
    assert response["content-type"].startswith("application/yaml")
    assert parsed(response.content) == document()
