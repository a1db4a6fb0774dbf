"""Small tools of these tests: waiting with a deadline, and the other side of Kafka."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, Producer, TopicPartition
from django.conf import settings
from django.db import connection
from django.utils import timezone

from events.relay import Relay

PATIENCE_SECONDS = 50.0


def wait_until(
    condition: Callable[[], bool], what: str = "what was waited for", *, seconds: float = PATIENCE_SECONDS
) -> None:
    """Return as soon as `condition` holds; fail when it does not for long, saying `what` did not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:.0f} seconds"
        time.sleep(0.02)


def read_topic(topic: str, count: int, is_match: Callable[[Message], bool] = lambda _message: True) -> list[Message]:
    """The first `count` matching messages of `topic`, read without a group."""
    consumer = Consumer({"bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS, "group.id": str(uuid.uuid4())})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    found: list[Message] = []

    def poll() -> bool:
        arrived = [message for message in consumer.consume(count, timeout=0.1) if message.error() is None]
        found.extend(message for message in arrived if is_match(message))
        return len(found) >= count

    wait_until(poll)
    consumer.close()
    return found


def produce(topic: str, *values: bytes, key: str) -> None:
    """Put `values` on one partition of `topic`, as another service would."""
    producer = Producer({"bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS})
    for value in values:
        producer.produce(topic, value, key=key)
    assert producer.flush(10) == 0


def reservation_created(**changes: Any) -> dict[str, Any]:
    """An event as svc-reservations sends it."""
    ids = {name: str(uuid.uuid4()) for name in ("event_id", "reservation_id", "guest_id", "trip_id")}
    event = {"event_type": "reservation.created", "timestamp": timezone.now().isoformat()}
    event["trip_date"] = (timezone.now().date() + timedelta(days=3)).isoformat()
    return event | ids | {"participant_count": 2} | changes


def as_bytes(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


@contextmanager
def running(*relays: Relay) -> Iterator[None]:
    """`relays` at work in threads of their own."""
    with in_threads([(relay.run, relay.stop) for relay in relays]):
        yield


@contextmanager
def in_threads(work: list[tuple[Callable[[], None], Callable[[], None]]]) -> Iterator[None]:
    """Run each (run, stop) pair in a thread; stopped and joined at the end."""
    threads = [threading.Thread(target=_then_disconnect(run)) for run, _ in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for _, stop in work:
            stop()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)


def _then_disconnect(run: Callable[[], None]) -> Callable[[], None]:
    def work() -> None:
        try:
            run()
        finally:
            connection.close()

    return work
