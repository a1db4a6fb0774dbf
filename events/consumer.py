"""The consumer: takes events from Kafka and commits an offset only after the event's transaction."""

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
from events.inbox import Arrival, DatabaseAway, receive

logger = structlog.get_logger(__name__)
kafka_logger = logging.getLogger("kafka")

POLL_SECONDS = 1.0
CLOSE_SECONDS = 10.0
ANSWER_SECONDS = 5.0
DATABASE_PAUSE_SECONDS = 0.5
ELSEWHERE_YET = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC}


class Stopping(Exception):
    """The consumer is to end before this event was handled."""


class EventConsumer:
    """One of any number of consumers of a group. `run` works until `stop`."""

    def __init__(self, topics: Sequence[str] = kafka.RECEIVED_TOPICS, *, group: str = kafka.CONSUMER_GROUP) -> None:
        self._topics = list(topics)
        self._group = group
        self._stopping = threading.Event()

    def run(self) -> None:
        """Handle events until `stop` is called. Without a database it stays in its group and waits."""
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
        """Finish the event in hand, then end. Safe in a signal handler and from another thread."""
        self._stopping.set()

    def _consume(self) -> None:
        consumer = Consumer(_config(self._group), logger=kafka_logger)
        try:
            _ask_for(self._topics, consumer)
            consumer.subscribe(self._topics, on_revoke=_commit_before_leaving)
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
        except DatabaseAway as error:
            logger.warning("events_wait_for_the_database", reason=str(error))
            _give_back(consumer, message)
            self._await_database(consumer)
        else:
            _commit(consumer, message)

    def _await_database(self, consumer: Consumer) -> None:
        """Take no events until the database answers, and go on polling: who doesn't poll loses its partitions."""
        consumer.pause(consumer.assignment())
        while True:
            early = consumer.poll(DATABASE_PAUSE_SECONDS)
            # Of a partition that was assigned meanwhile, and so isn't paused.
            if early is not None and _is_event(early):
                _give_back(consumer, early)
            if self._stopping.is_set():
                raise Stopping
            if _database_answers():
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
        # Brokers answer at once when there is something; one that doesn't is asked again soon.
        "fetch.wait.max.ms": 50,
    }


def _ask_for(topics: Sequence[str], consumer: Consumer) -> None:
    """Have the broker create missing topics, where it may: one that appears later costs its first event a rebalance."""
    for topic in topics:
        consumer.list_topics(topic, timeout=ANSWER_SECONDS)


def _is_event(message: Message) -> bool:
    error = message.error()
    if error is None:
        return True
    if error.fatal():
        raise KafkaException(error)
    # A topic that nobody wrote to yet appears with its first event.
    level = logging.INFO if error.code() in ELSEWHERE_YET else logging.WARNING
    logger.log(level, "kafka_error", reason=error.str())
    return False


def _arrival(message: Message) -> Arrival:
    kind, milliseconds = message.timestamp()
    known = kind != TIMESTAMP_NOT_AVAILABLE
    return Arrival(
        topic=message.topic() or "",
        value=message.value() or b"",
        key=(message.key() or b"").decode(errors="replace"),
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        produced_at=datetime.fromtimestamp(milliseconds / 1000, UTC) if known else None,
    )


def _give_back(consumer: Consumer, message: Message) -> None:
    """Have `message` delivered again later, before all that follow it."""
    place = TopicPartition(message.topic() or "", message.partition() or 0, message.offset() or 0)
    consumer.pause([place])
    consumer.seek(place)


def _commit(consumer: Consumer, message: Message) -> None:
    try:
        consumer.store_offsets(message)
        consumer.commit(asynchronous=True)
    except KafkaException as error:
        # The partition went to another consumer meanwhile, for which the event is a duplicate.
        logger.info("offset_not_committed", topic=message.topic(), reason=str(error))


def _commit_before_leaving(consumer: Consumer, _partitions: list[TopicPartition]) -> None:
    # Nothing stored, or no longer ours: the inbox makes a second delivery harmless.
    with suppress(KafkaException):
        consumer.commit(asynchronous=False)


def _close(consumer: Consumer) -> None:
    """Leave the group, which tells the others at once; a close that hangs is left behind."""
    closing = threading.Thread(target=consumer.close, name="close-consumer", daemon=True)
    closing.start()
    closing.join(CLOSE_SECONDS)
    if closing.is_alive():
        logger.warning("consumer_left_unclosed", seconds=CLOSE_SECONDS)


def _database_answers() -> bool:
    with suppress(Error):
        connection.close()
    try:
        connection.ensure_connection()
    except Error:
        return False
    return True
