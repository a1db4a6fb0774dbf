"""Sending to Kafka: idempotent, in order, and complete only once the broker has acknowledged."""

import json
import logging
import os
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from django.core.serializers.json import DjangoJSONEncoder

from events.kafka import connection_config
from events.models import OutboxMessage
from events.outbox import DeliveryRefused

kafka_logger = logging.getLogger("kafka")

DELIVERY_TIMEOUT_SECONDS = 10.0
REFUSALS = {
    KafkaError.MSG_SIZE_TOO_LARGE,
    KafkaError.RECORD_LIST_TOO_LARGE,
    KafkaError.INVALID_RECORD,
    KafkaError.TOPIC_EXCEPTION,
}


class Unacknowledged(Exception):
    """The broker did not report on the message in time."""


class EventProducer:
    """A Kafka producer for each process, created on first use: librdkafka's threads do not survive a fork."""

    def __init__(self, *, delivery_timeout_seconds: float = DELIVERY_TIMEOUT_SECONDS) -> None:
        self._timeout = delivery_timeout_seconds
        self._lock = threading.Lock()
        self._producer: Producer | None = None
        self._pid = 0

    def deliver(self, messages: Sequence[OutboxMessage]) -> dict[int, Exception]:
        """Produce `messages`, wait for the broker's reports, and return the errors of the failed ones by id."""
        with self._lock:
            producer = self._current()
            failures: dict[int, Exception] = {message.pk: Unacknowledged() for message in messages}
            for message in messages:
                self._produce(producer, message, partial(_record_report, failures, message.pk))
            # Twice the delivery timeout: by then every message has its report, be it that of its timeout.
            unreported = producer.flush(self._timeout * 2)
            if unreported or any(_is_fatal(error) for error in failures.values()):
                self._discard(producer)
            return failures

    def _current(self) -> Producer:
        if self._producer is None or self._pid != os.getpid():
            self._producer = Producer(_config(self._timeout), logger=kafka_logger)
            self._pid = os.getpid()
        return self._producer

    def _discard(self, producer: Producer) -> None:
        # The queued messages must not be sent after the next producer has sent them.
        producer.purge()
        producer.flush(1)
        self._producer = None

    def _produce(self, producer: Producer, message: OutboxMessage, report: Callable[..., None]) -> None:
        try:
            while not _accepted(producer, message, report):
                producer.poll(0.1)
        except KafkaException as error:
            report(error.args[0], None)


def _accepted(producer: Producer, message: OutboxMessage, report: Callable[..., None]) -> bool:
    value = json.dumps(message.payload, cls=DjangoJSONEncoder) if message.body is None else bytes(message.body)
    try:
        producer.produce(
            message.kind, value, key=message.key, headers=list(message.headers.items()), on_delivery=report
        )
    except BufferError:
        return False
    return True


def _record_report(failures: dict[int, Exception], pk: int, error: KafkaError | None, _message: Message | None) -> None:
    if error is None:
        del failures[pk]
    elif error.code() in REFUSALS:
        failures[pk] = DeliveryRefused(error.str())
    else:
        failures[pk] = KafkaException(error)


def _is_fatal(error: Exception) -> bool:
    return isinstance(error, KafkaException) and bool(error.args[0].fatal())


def _config(delivery_timeout_seconds: float) -> dict[str, Any]:
    return connection_config() | {
        "enable.idempotence": True,
        "acks": "all",
        "delivery.timeout.ms": int(delivery_timeout_seconds * 1000),
        "compression.type": "lz4",
        "linger.ms": 2,
    }
