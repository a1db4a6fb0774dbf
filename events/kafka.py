"""Kafka: the topics, the connection settings, and the recording of events in the outbox."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from events import outbox, schemas
from events.models import OutboxMessage

DESTINATION = "kafka"
CONSUMER_GROUP = "svc-scheduling-orchestrator"
CONTENT_TYPE = {"content-type": "application/json"}

SCHEDULE_PUBLISHED = "novatrek.operations.schedule.published"
RESERVATION_CREATED = "novatrek.booking.reservation.created"
RESERVATION_STATUS_CHANGED = "novatrek.booking.reservation.status-changed"
EMERGENCY_TRIGGERED = "novatrek.safety.emergency.triggered"
WILDLIFE_ALERT_ISSUED = "novatrek.safety.wildlife-alert.issued"
DEAD_LETTERS = "novatrek.operations.scheduling-orchestrator.dlq"

SENT_TOPICS = (SCHEDULE_PUBLISHED,)
RECEIVED_TOPICS = (
    RESERVATION_CREATED,
    RESERVATION_STATUS_CHANGED,
    EMERGENCY_TRIGGERED,
    WILDLIFE_ALERT_ISSUED,
)


def record_event(topic: str, key: str, payload: dict[str, Any]) -> OutboxMessage:
    """Record an event for `topic`; events of one key reach its consumers in the order of recording.

    `event_id`, `event_type` and `timestamp` are added unless the payload has them. Raise
    SchemaMismatch if the event violates the schema of its topic, RuntimeError outside a transaction.
    """
    common = {
        "event_id": uuid.uuid4(),
        "event_type": schemas.event_type_of(topic),
        "timestamp": timezone.now(),
    }
    event = json.loads(json.dumps(common | payload, cls=DjangoJSONEncoder))
    schemas.check(topic, event)
    return outbox.record(destination=DESTINATION, key=key, kind=topic, payload=event, headers=CONTENT_TYPE)


def connection_config() -> dict[str, Any]:
    """Return the librdkafka settings common to producers and consumers."""
    return {
        "bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS,
        "client.id": CONSUMER_GROUP,
        "socket.keepalive.enable": True,
        "reconnect.backoff.max.ms": 2_000,
        "topic.metadata.refresh.interval.ms": 10_000,
    }
