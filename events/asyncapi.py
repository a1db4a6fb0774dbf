"""The AsyncAPI document of the events sent and received, made of the schemas that check them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import kafka, schemas

DESCRIPTION = "What the scheduling orchestrator tells other services through Kafka, and what it listens to."
DEAD_LETTER = "dead-letter"
# What documents and validators of JSON Schema need, and a schema inside another document must not repeat.
OWN_OF_A_SCHEMA_FILE = {"$schema", "$id"}
SUMMARIES = {
    kafka.SCHEDULE_PUBLISHED: "Departures of a date were published: guides and guests may rely on them.",
    kafka.RESERVATION_CREATED: "A guest reserved places: they count on the departure of the trip on that date.",
    kafka.RESERVATION_STATUS_CHANGED: "A reservation changed; a cancelled one gives its places back.",
    kafka.EMERGENCY_TRIGGERED: "An emergency during a trip: the departures it concerns become conflicts.",
    kafka.WILDLIFE_ALERT_ISSUED: "Dangerous wildlife near trails: departures on those trails become conflicts.",
}


@require_safe
def asyncapi_view(_request: HttpRequest) -> HttpResponse:
    """The document as YAML."""
    return HttpResponse(_as_yaml(), content_type="application/yaml; charset=utf-8")


def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document."""
    topics = [*kafka.SENT_TOPICS, *kafka.RECEIVED_TOPICS]
    messages = {schemas.event_type_of(topic): _message(topic) for topic in topics}
    channels = {topic: _channel(topic, schemas.event_type_of(topic)) for topic in topics}
    received = {f"receive-{topic}": _operation("receive", topic, SUMMARIES[topic]) for topic in kafka.RECEIVED_TOPICS}
    sent = {f"send-{topic}": _operation("send", topic, SUMMARIES[topic]) for topic in kafka.SENT_TOPICS}
    dead = {"send-dead-letters": _operation("send", kafka.DEAD_LETTERS, "An event could not be handled.")}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "NovaTrek scheduling orchestrator: events",
            "version": settings.SPECTACULAR_SETTINGS["VERSION"],
            "description": DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": {"host": "{brokers}", "protocol": "kafka", "variables": {"brokers": _brokers()}}},
        "channels": channels | {kafka.DEAD_LETTERS: _channel(kafka.DEAD_LETTERS, DEAD_LETTER)},
        "operations": sent | received | dead,
        "components": {"messages": messages | {DEAD_LETTER: _dead_letter()}},
    }


@cache
def _as_yaml() -> str:
    text: str = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=110)
    return text


def _brokers() -> dict[str, str]:
    return {"default": "localhost:9092", "description": "The bootstrap servers, host:port,…"}


def _message(topic: str) -> dict[str, Any]:
    schema = schemas.SCHEMAS[topic]
    event_type = schemas.event_type_of(topic)
    return {
        "name": event_type,
        "title": event_type,
        "summary": SUMMARIES[topic],
        "contentType": "application/json",
        "payload": {name: value for name, value in schema.items() if name not in OWN_OF_A_SCHEMA_FILE},
        "bindings": _text_key("The date or the id that the events are ordered by."),
        "examples": [{"name": event_type, "payload": example(event_type)}],
    }


def _dead_letter() -> dict[str, Any]:
    headers = ("reason", "dead-letter-id", "source-topic", "source-partition", "source-offset")
    return {
        "name": DEAD_LETTER,
        "title": "An event that could not be handled",
        "summary": "The original bytes, with the reason and the place they came from in the headers.",
        "headers": {"type": "object", "properties": {name: {"type": "string"} for name in headers}},
        "payload": {"description": "What arrived, byte for byte; it need not be JSON."},
        "bindings": _text_key("The key of the original event."),
    }


def example(event_type: str) -> dict[str, Any]:
    """A sample of an event, as it is on the wire."""
    file = Path(schemas.__file__).parent / f"{event_type}.example.json"
    sample: dict[str, Any] = json.loads(file.read_text())
    return sample


def _text_key(description: str) -> dict[str, Any]:
    return {"kafka": {"key": {"type": "string", "description": description}, "bindingVersion": "0.5.0"}}


def _channel(topic: str, message: str) -> dict[str, Any]:
    return {
        "address": topic,
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
    }


def _operation(action: str, topic: str, summary: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}, "summary": summary}
