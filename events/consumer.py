"""The Kafka consumer, which commits an offset only after the transaction of its event."""

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, Message, TopicPartition
from django.db import Error, close_old_connections, connection

from events import kafka
from events.inbox import Arrival, DatabaseUnavailable, receive

logger = structlog.get_logger(__name__)
kafka_logger = logging.getLogger("kafka")

POLL_SECONDS = 1.0
CLOSE_SECONDS = 10.0
METADATA_SECONDS = 5.0
DATABASE_PAUSE_SECONDS = 0.5
TOPIC_NOT_YET_CREATED = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC}


class Stopping(Exception):
    """The consumer is stopping before the current event was handled."""


class EventConsumer:
    """A member of a consumer group, of which there may be any number. `run` returns after `stop`."""

    def __init__(self, topics: Sequence[str] = kafka.RECEIVED_TOPICS, *, group: str = kafka.CONSUMER_GROUP) -> None:
        self._topics = list(topics)
        self._group = group
        self._stopping = threading.Event()

    def run(self) -> None:
        """Handle events until `stop` is called. While the database is unavailable, stay in the group and wait."""
        while not self._stopping.is_set():
            try:
                self._consume()
            except Stopping:
                break
            except KafkaException as error:
                logger.warning("consumer_starts_over", reason=str(error))
                self._stopping.wait(POLL_SECONDS)
        connection.close()

    def stop(self) -> None:
        """Finish the current event, then return from `run`. Safe in a signal handler and from another thread."""
        self._stopping.set()

    def _consume(self) -> None:
        consumer = Consumer(_config(self._group), logger=kafka_logger)
        try:
            _create_missing_topics(self._topics, consumer)
            consumer.subscribe(self._topics, on_revoke=_commit_on_revoke)
            while not self._stopping.is_set():
                message = consumer.poll(POLL_SECONDS)
                close_old_connections()
                if message is not None and _is_event(message):
                    self._receive(consumer, message)
        finally:
            _close(consumer)

    def _receive(self, consumer: Consumer, message: Message) -> None:
        try:
            receive(_arrival(message), pause=self._pause)
        except DatabaseUnavailable as error:
            logger.warning("events_wait_for_the_database", reason=str(error))
            _redeliver(consumer, message)
            self._await_database(consumer)
        else:
            _commit(consumer, message)

    def _await_database(self, consumer: Consumer) -> None:
        """Pause consumption until the database is reachable; keep polling, since otherwise the partitions are lost."""
        consumer.pause(consumer.assignment())
        while True:
            message = consumer.poll(DATABASE_PAUSE_SECONDS)
            # From a partition assigned in the meantime, which is not paused.
            if message is not None and _is_event(message):
                _redeliver(consumer, message)
            if self._stopping.is_set():
                raise Stopping
            if _database_is_reachable():
                break
        consumer.resume(consumer.assignment())

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Stopping


def _config(group: str) -> dict[str, Any]:
    return kafka.connection_config() | {
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "partition.assignment.strategy": "cooperative-sticky",
        "allow.auto.create.topics": True,
        # An idle broker is polled again soon; a broker with data responds immediately.
        "fetch.wait.max.ms": 50,
    }


def _create_missing_topics(topics: Sequence[str], consumer: Consumer) -> None:
    """Have the broker create missing topics where allowed: a later topic delays its first event by a rebalance."""
    for topic in topics:
        consumer.list_topics(topic, timeout=METADATA_SECONDS)


def _is_event(message: Message) -> bool:
    error = message.error()
    if error is None:
        return True
    if error.fatal():
        raise KafkaException(error)
    # A topic is created with its first event.
    level = logging.INFO if error.code() in TOPIC_NOT_YET_CREATED else logging.WARNING
    logger.log(level, "kafka_error", reason=error.str())
    return False


def _arrival(message: Message) -> Arrival:
    kind, milliseconds = message.timestamp()
    has_timestamp = kind != TIMESTAMP_NOT_AVAILABLE
    return Arrival(
        topic=message.topic() or "",
        value=message.value() or b"",
        key=(message.key() or b"").decode(errors="replace"),
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        produced_at=datetime.fromtimestamp(milliseconds / 1000, UTC) if has_timestamp else None,
    )


def _redeliver(consumer: Consumer, message: Message) -> None:
    """Have `message` redelivered later, before all that follow it in its partition."""
    position = TopicPartition(message.topic() or "", message.partition() or 0, message.offset() or 0)
    consumer.pause([position])
    consumer.seek(position)


def _commit(consumer: Consumer, message: Message) -> None:
    try:
        consumer.store_offsets(message)
        consumer.commit(asynchronous=True)
    except KafkaException as error:
        # The partition was reassigned to another consumer, for which the event is a duplicate.
        logger.info("offset_not_committed", topic=message.topic(), reason=str(error))


def _commit_on_revoke(consumer: Consumer, _partitions: list[TopicPartition]) -> None:
    # No offset stored, or the partition is already lost: the inbox makes a second delivery harmless.
    with suppress(KafkaException):
        consumer.commit(asynchronous=False)


def _close(consumer: Consumer) -> None:
    """Leave the group, so that its partitions are reassigned immediately; abandon a close that hangs."""
    closing = threading.Thread(target=consumer.close, name="close-consumer", daemon=True)
    closing.start()
    closing.join(CLOSE_SECONDS)
    if closing.is_alive():
        logger.warning("consumer_left_unclosed", seconds=CLOSE_SECONDS)


def _database_is_reachable() -> bool:
    with suppress(Error):
        connection.close()
    try:
        connection.ensure_connection()
    except Error:
        return False
    return True
