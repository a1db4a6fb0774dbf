"""The consumer on a real broker. One consumer serves all tests: joining a group takes seconds."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition
from django.conf import settings
from django.db import connection

from events import inbox, kafka
from events.consumer import EventConsumer
from events.models import DeadLetter, InboxMessage
from events.relay import Relay
from tests.events.helpers import as_bytes, in_threads, produce, read_topic, reservation_created, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

GROUP = f"test-{uuid.uuid4()}"
handled: list[str] = []


def _handle(event: dict[str, Any]) -> None:
    if event.get("confirmation_code") == "BROKEN":
        raise RuntimeError("the handler is broken")
    handled.append(event["event_id"])


@pytest.fixture(scope="module", autouse=True)
def consumer(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    before = dict(inbox._handlers)
    inbox.register_handler("reservation.created", _handle)
    consumer = EventConsumer([kafka.RESERVATION_CREATED], group=GROUP)
    with django_db_blocker.unblock(), in_threads([(consumer.run, consumer.stop)]):
        yield
    inbox._handlers.update(before)


def _is_handled(event: dict[str, Any]) -> bool:
    return InboxMessage.objects.filter(event_id=event["event_id"]).exists()


def test_an_event_from_kafka_is_handled() -> None:
    event = reservation_created()

    produce(kafka.RESERVATION_CREATED, as_bytes(event), key=event["reservation_id"])

    wait_until(lambda: _is_handled(event))
    assert event["event_id"] in handled


def test_an_event_that_arrives_twice_has_one_effect() -> None:
    event, last = reservation_created(), reservation_created()

    produce(kafka.RESERVATION_CREATED, as_bytes(event), as_bytes(event), as_bytes(last), key="one partition")

    wait_until(lambda: _is_handled(last))
    assert handled.count(event["event_id"]) == 1


def test_a_partition_goes_on_behind_poison() -> None:
    broken, last = reservation_created(confirmation_code="BROKEN"), reservation_created()
    poison = f"poison {uuid.uuid4()}".encode()

    produce(kafka.RESERVATION_CREATED, poison, as_bytes(broken), as_bytes(last), key="one partition")

    wait_until(lambda: _is_handled(last))
    kept = DeadLetter.objects.order_by("id")
    assert [bytes(dead_letter.original or b"") for dead_letter in kept] == [poison, as_bytes(broken)]


def test_poison_reaches_the_dead_letter_topic_with_its_reason() -> None:
    poison = f"poison {uuid.uuid4()}".encode()
    produce(kafka.RESERVATION_CREATED, poison, key="one partition")
    wait_until(DeadLetter.objects.exists)

    Relay().drain()

    [message] = read_topic(kafka.DEAD_LETTERS, 1, lambda message: message.value() == poison)
    headers = dict(message.headers() or [])
    assert b"not JSON" in headers["reason"]
    assert headers["source-topic"] == kafka.RESERVATION_CREATED.encode()


def test_events_wait_for_a_database_session_that_was_lost() -> None:
    first, second = reservation_created(), reservation_created()
    produce(kafka.RESERVATION_CREATED, as_bytes(first), key="one partition")
    wait_until(lambda: _is_handled(first))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    produce(kafka.RESERVATION_CREATED, as_bytes(second), key="one partition")

    wait_until(lambda: _is_handled(second))
    assert handled.count(second["event_id"]) == 1


def test_the_offset_of_a_handled_event_is_committed() -> None:
    event = reservation_created()
    produce(kafka.RESERVATION_CREATED, as_bytes(event), key="one partition")
    wait_until(lambda: _is_handled(event))
    noted = InboxMessage.objects.get(event_id=event["event_id"])
    reader = Consumer({"bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS, "group.id": GROUP})
    place = TopicPartition(noted.topic, noted.partition)

    wait_until(lambda: reader.committed([place], timeout=5)[0].offset == noted.offset + 1)
    reader.close()
