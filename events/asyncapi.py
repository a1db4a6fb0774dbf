"""The AsyncAPI document of the events sent and received, built from the schemas that validate them."""

import json
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
DEAD_LETTER = "dead-letter"
# Keywords of a stand-alone JSON Schema; a schema embedded in another document must not repeat them.
STANDALONE_KEYWORDS = {"$schema", "$id"}
SUMMARIES = {
    kafka.SCHEDULE_PUBLISHED: "Departures of a date were published; guides and guests may rely on them.",
    kafka.RESERVATION_CREATED: "A reservation was made; its participants count on the departure of that trip and date.",
    kafka.RESERVATION_STATUS_CHANGED: "A reservation changed its status; a cancelled one releases its places.",
    kafka.EMERGENCY_TRIGGERED: "An emergency occurred during a trip; each departure concerned gets a conflict.",
    kafka.WILDLIFE_ALERT_ISSUED: "Dangerous wildlife near trails; each departure on those trails gets a conflict.",
}


@require_safe
def asyncapi_view(_request: HttpRequest) -> HttpResponse:
    """Serve the AsyncAPI document as YAML."""
    return HttpResponse(_as_yaml(), content_type="application/yaml; charset=utf-8")


def document() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document as plain dictionaries and lists."""
    topics = [*kafka.SENT_TOPICS, *kafka.RECEIVED_TOPICS]
    messages = {schemas.event_type_of(topic): _message(topic) for topic in topics}
    channels = {topic: _channel(topic, schemas.event_type_of(topic)) for topic in topics}
    received = {f"receive-{topic}": _operation("receive", topic, SUMMARIES[topic]) for topic in kafka.RECEIVED_TOPICS}
    sent = {f"send-{topic}": _operation("send", topic, SUMMARIES[topic]) for topic in kafka.SENT_TOPICS}
    dead_letters = {"send-dead-letters": _operation("send", kafka.DEAD_LETTERS, "An event could not be handled.")}
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
        "operations": sent | received | dead_letters,
        "components": {"messages": messages | {DEAD_LETTER: _dead_letter()}},
    }


@cache
def _as_yaml() -> str:
    text: str = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=110)
    return text


def _brokers() -> dict[str, str]:
    return {
        "default": "localhost:9092",
        "description": "The bootstrap servers, as a comma-separated list of host:port.",
    }


def _message(topic: str) -> dict[str, Any]:
    schema = schemas.SCHEMAS[topic]
    event_type = schemas.event_type_of(topic)
    return {
        "name": event_type,
        "title": event_type,
        "summary": SUMMARIES[topic],
        "contentType": "application/json",
        "payload": {name: value for name, value in schema.items() if name not in STANDALONE_KEYWORDS},
        "bindings": _text_key("The date or the id within which events keep their order."),
        "examples": [{"name": event_type, "payload": example(event_type)}],
    }


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
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
    }


def _operation(action: str, topic: str, summary: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}, "summary": summary}
