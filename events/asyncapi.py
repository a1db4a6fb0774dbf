"""The AsyncAPI document of the events sent and received, built from the schemas that validate them.

Names are those of the services' published documents, from which clients are generated: the events `schedule.published`
are messages `SchedulePublished` on the channel `schedulePublished`, with the schema `SchedulePublishedPayload`; who
sends them has the operation `publishSchedulePublished`.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import kafka, schemas

DESCRIPTION = (
    "The events that the scheduling orchestrator sends to other services through Kafka, and those it consumes."
)
DEAD_LETTER = "DeadLetter"
# Keywords of a stand-alone JSON Schema; a schema embedded in another document must not repeat them.
STANDALONE_KEYWORDS = {"$schema", "$id"}
WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
SUMMARIES = {
    kafka.SCHEDULE_PUBLISHED: "Departures of a date were published; guides and guests may rely on them.",
    kafka.RESERVATION_CREATED: "A reservation was made; its participants count on the departure of that trip and date.",
    kafka.RESERVATION_STATUS_CHANGED: "A reservation changed its status; a cancelled one releases its places.",
    kafka.EMERGENCY_TRIGGERED: "An emergency occurred during a trip; each departure concerned gets a conflict.",
    kafka.DEAD_LETTERS: "An event could not be handled.",
    kafka.WILDLIFE_ALERT_ISSUED: "Dangerous wildlife near trails; each departure on those trails gets a conflict.",
}


@require_safe
def asyncapi_view(_request: HttpRequest) -> HttpResponse:
    """Serve the AsyncAPI document as YAML."""
    return HttpResponse(_as_yaml(), content_type="application/yaml; charset=utf-8")


def document() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document as plain dictionaries and lists."""
    topics = {_message_name(topic): topic for topic in (*kafka.SENT_TOPICS, *kafka.RECEIVED_TOPICS)}
    channels = {_camel(name): _channel(topic, name) for name, topic in topics.items()}
    operations = {f"{_verb(topic)}{name}": _operation(topic, name) for name, topic in topics.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "NovaTrek scheduling orchestrator: events",
            "version": settings.SPECTACULAR_SETTINGS["VERSION"],
            "description": DESCRIPTION,
            "contact": settings.SPECTACULAR_SETTINGS["CONTACT"],
            "tags": [{"name": "scheduling", "description": "Daily schedules, their departures and what they rest on."}],
            "license": settings.SPECTACULAR_SETTINGS["LICENSE"],
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": {"host": "{brokers}", "protocol": "kafka", "variables": {"brokers": _brokers()}}},
        "channels": channels | {_camel(DEAD_LETTER): _channel(kafka.DEAD_LETTERS, DEAD_LETTER)},
        "operations": operations | {f"publish{DEAD_LETTER}": _operation(kafka.DEAD_LETTERS, DEAD_LETTER)},
        "components": {
            "messages": {name: _message(topic, name) for name, topic in topics.items()} | {DEAD_LETTER: _dead_letter()},
            "schemas": {f"{name}Payload": _payload(topic) for name, topic in topics.items()},
        },
    }


def _message_name(topic: str) -> str:
    """Return the name of the events of `topic`: `ReservationStatusChanged` of `reservation.status_changed`."""
    words = schemas.event_type_of(topic).replace("_", ".").split(".")
    return "".join(word.capitalize() for word in words)


def _camel(name: str) -> str:
    return f"{name[:1].lower()}{name[1:]}"


def _verb(topic: str) -> str:
    return "receive" if topic in kafka.RECEIVED_TOPICS else "publish"


@cache
def _as_yaml() -> str:
    text: str = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=110)
    return text


def _brokers() -> dict[str, str]:
    return {
        "default": "localhost:9092",
        "description": "The bootstrap servers, as a comma-separated list of host:port.",
    }


def _message(topic: str, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": WORD.sub(" ", name),
        "summary": SUMMARIES[topic],
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{name}Payload"},
        "bindings": _text_key("The date or the id within which events keep their order."),
        "examples": [{"name": _camel(name), "payload": example(schemas.event_type_of(topic))}],
    }


def _payload(topic: str) -> dict[str, Any]:
    return {name: value for name, value in schemas.SCHEMAS[topic].items() if name not in STANDALONE_KEYWORDS}


def _dead_letter() -> dict[str, Any]:
    headers = ("reason", "dead-letter-id", "source-topic", "source-partition", "source-offset")
    return {
        "name": DEAD_LETTER,
        "title": "An event that could not be handled",
        "summary": "The original bytes, with the reason and their origin (topic, partition, offset) in the headers.",
        "headers": {"type": "object", "properties": {name: {"type": "string"} for name in headers}},
        "payload": {"description": "The received bytes, unchanged; they need not be JSON."},
        "bindings": _text_key("The key of the original event."),
    }


def example(event_type: str) -> dict[str, Any]:
    """Return a sample event of `event_type` in its wire format."""
    path = Path(schemas.__file__).parent / f"{event_type}.example.json"
    sample: dict[str, Any] = json.loads(path.read_text())
    return sample


def _text_key(description: str) -> dict[str, Any]:
    return {"kafka": {"key": {"type": "string", "description": description}, "bindingVersion": "0.5.0"}}


def _channel(topic: str, message: str) -> dict[str, Any]:
    return {
        "address": topic,
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {_camel(message): {"$ref": f"#/components/messages/{message}"}},
    }


def _operation(topic: str, message: str) -> dict[str, Any]:
    return {
        "action": "receive" if topic in kafka.RECEIVED_TOPICS else "send",
        "channel": {"$ref": f"#/channels/{_camel(message)}"},
        "summary": SUMMARIES[topic],
        "description": f"JSON on the topic `{topic}`; events of one key keep their order.",
    }
