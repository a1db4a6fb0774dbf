import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from confluent_kafka import KafkaException
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from events import kafka, outbox
from events.dead_letters import replay
from events.models import DeadLetter, OutboxMessage
from events.outbox import DeliveryRefused, Message, record, record_several
from events.producer import EventProducer
from events.relay import Relay
from events.schemas import SchemaMismatch
from events.tasks import purge_outbox_task
from tests.events.conftest import RegisterDestination
from tests.events.helpers import read_topic

pytestmark = pytest.mark.django_db

A_DAY_OF_FAILURES = 40


def _record(key: str, number: int = 1, *, destination: str = "svc-test") -> OutboxMessage:
    return record(destination=destination, key=key, kind="test", payload={"number": number})


def _make_due() -> None:
    OutboxMessage.objects.unsent().update(next_attempt_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_message_cannot_be_recorded_outside_the_transaction_of_its_cause() -> None:
    with pytest.raises(RuntimeError):
        _record("a")


@pytest.mark.django_db(transaction=True)
def test_several_messages_cannot_be_recorded_outside_the_transaction_of_their_cause() -> None:
    with pytest.raises(RuntimeError):
        record_several("svc-test", [Message("a", "test", {})])


def test_several_messages_of_a_key_leave_in_their_order(destination: RegisterDestination) -> None:
    delivered: list[int] = []
    destination("svc-test", lambda message: delivered.append(message.payload["number"]))
    record_several("svc-test", [Message("a", "test", {"number": number}) for number in range(3)])

    Relay().drain()

    assert delivered == [0, 1, 2]


def test_several_messages_are_stored_by_one_statement_as_each_would_be(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    payload = {
        "id": uuid.UUID(int=7),
        "at": datetime(2027, 3, 28, 1, 30, 0, 123456, UTC),
        "name": 'Zürich \u2028 "x" %s',
    }
    alone = record(destination="svc-test", key="a", kind="test", payload=payload)

    with django_assert_num_queries(1):
        ids = record_several("svc-test", [Message("a", "test", payload) for _ in range(3)])
    with django_assert_num_queries(0):
        assert record_several("svc-test", []) == []

    of_its_own = {"id", "message_id", "created_at", "next_attempt_at"}
    rows = OutboxMessage.objects.order_by("id").values()
    assert [row["message_id"] for row in rows] == [alone.message_id, *ids]
    first, *others = [{name: row[name] for name in row.keys() - of_its_own} for row in rows]
    assert others == [first, first, first]


@pytest.mark.django_db(transaction=True)
def test_a_message_disappears_with_the_transaction_of_its_cause() -> None:
    with transaction.atomic():
        _record("a")
        transaction.set_rollback(True)

    assert not OutboxMessage.objects.exists()


def test_a_message_is_delivered_once(destination: RegisterDestination) -> None:
    delivered: list[str] = []
    destination("svc-test", lambda message: delivered.append(message.key))
    message = _record("a")

    assert Relay().drain() == 1
    assert Relay().drain() == 0

    message.refresh_from_db()
    assert delivered == ["a"]
    assert message.sent_at is not None


def test_a_failing_message_holds_back_its_key_and_no_other(destination: RegisterDestination) -> None:
    delivered: list[tuple[str, int]] = []

    def deliver(message: OutboxMessage) -> None:
        if message.payload == {"number": 1}:
            raise ConnectionError("nobody is there")
        delivered.append((message.key, message.payload["number"]))

    destination("svc-test", deliver)
    stuck = _record("a", 1)
    _record("a", 2)
    _record("b", 3)

    Relay().drain()

    stuck.refresh_from_db()
    assert delivered == [("b", 3)]
    assert stuck.attempts == 1
    assert stuck.next_attempt_at > timezone.now()
    assert "nobody is there" in stuck.last_error


def test_a_message_that_failed_is_tried_again_before_those_behind_it(destination: RegisterDestination) -> None:
    attempts: list[int] = []

    def deliver(message: OutboxMessage) -> None:
        attempts.append(message.payload["number"])
        if len(attempts) == 1:
            raise ConnectionError("nobody is there")

    destination("svc-test", deliver)
    _record("a", 1)
    _record("a", 2)
    Relay().drain()
    _make_due()

    Relay().drain()

    assert attempts == [1, 1, 2]


def test_a_refused_message_becomes_a_dead_letter_and_its_key_goes_on(destination: RegisterDestination) -> None:
    delivered: list[int] = []

    def deliver(message: OutboxMessage) -> None:
        if message.payload == {"number": 1}:
            raise DeliveryRefused("never")
        delivered.append(message.payload["number"])

    destination("svc-test", deliver)
    refused = _record("a", 1)
    _record("a", 2)

    Relay().drain()

    dead_letter = DeadLetter.objects.get()
    refused.refresh_from_db()
    assert delivered == [2]
    assert refused.failed_at is not None
    assert dead_letter.payload["destination"] == "svc-test"
    assert "never" in dead_letter.reason


def test_a_message_that_failed_for_a_day_becomes_a_dead_letter(destination: RegisterDestination) -> None:
    destination("svc-test", _fail)
    _record("a")
    OutboxMessage.objects.update(attempts=A_DAY_OF_FAILURES)

    Relay().drain()

    assert DeadLetter.objects.get().source == "outbox"


def test_a_replayed_message_is_sent_with_the_same_id(destination: RegisterDestination) -> None:
    delivered: list[uuid.UUID] = []
    destination("svc-test", _refuse)
    message = _record("a")
    Relay().drain()
    destination("svc-test", lambda message: delivered.append(message.message_id))

    replay(DeadLetter.objects.get(), by="ana")
    Relay().drain()

    assert delivered == [message.message_id]


def test_an_event_reaches_its_topic_with_its_key_and_content_type() -> None:
    key = str(uuid.uuid4())
    event = kafka.record_event(
        kafka.SCHEDULE_PUBLISHED, key, {"schedule_id": uuid.uuid4(), "schedule_date": "2026-07-04"}
    )

    call_command("relay_outbox", "--once")

    [message] = read_topic(kafka.SCHEDULE_PUBLISHED, 1, lambda message: message.key() == key.encode())
    assert json.loads(message.value() or b"") == event.payload
    assert message.headers() == [("content-type", b"application/json")]
    assert event.payload["event_type"] == "schedule.published"


def test_the_events_of_a_key_reach_kafka_in_order() -> None:
    topic = f"test.{uuid.uuid4()}"
    for number in range(100):
        record(destination="kafka", key=f"key-{number % 5}", kind=topic, payload={"number": number})

    Relay().drain()

    numbers: dict[bytes, list[int]] = {}
    for message in read_topic(topic, 100):
        numbers.setdefault(message.key() or b"", []).append(json.loads(message.value() or b"")["number"])
    assert sorted(numbers) == [b"key-0", b"key-1", b"key-2", b"key-3", b"key-4"]
    assert all(found == sorted(found) for found in numbers.values())


def test_an_event_that_breaks_its_schema_is_not_recorded() -> None:
    with pytest.raises(SchemaMismatch, match="schedule_date"):
        kafka.record_event(kafka.SCHEDULE_PUBLISHED, "a", {"schedule_id": uuid.uuid4(), "schedule_date": "the 4th"})

    assert not OutboxMessage.objects.exists()


def test_events_wait_for_kafka_without_end(destination: RegisterDestination) -> None:
    message = record(destination="kafka", key="a", kind="test.unreachable", payload={})
    OutboxMessage.objects.update(attempts=A_DAY_OF_FAILURES)
    producer = EventProducer(delivery_timeout_seconds=0.5)
    outbox.add_destination(outbox.Destination("kafka", producer.deliver, batch_size=10, gives_up=False))

    with override_settings(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9"):
        Relay().drain()

    message.refresh_from_db()
    assert (message.sent_at, message.failed_at) == (None, None)
    assert message.attempts == A_DAY_OF_FAILURES + 1


def test_an_event_too_large_for_kafka_becomes_a_dead_letter() -> None:
    record(destination="kafka", key="a", kind="test.large", payload={"text": "x" * 2_000_000})

    Relay().drain()

    assert "kafka" in DeadLetter.objects.get().reason


def test_an_unreported_message_counts_as_failed() -> None:
    message = record(destination="kafka", key="a", kind="test.unreachable", payload={})

    with override_settings(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9"):
        failures = EventProducer(delivery_timeout_seconds=0.5).deliver([message])

    assert isinstance(failures[message.pk], KafkaException)


def test_sent_messages_are_purged_after_a_week(destination: RegisterDestination) -> None:
    old, recent, unsent = _record("a"), _record("b"), _record("c")
    long_ago = timezone.now() - timedelta(days=8)
    OutboxMessage.objects.filter(pk=old.pk).update(sent_at=long_ago)
    OutboxMessage.objects.filter(pk=recent.pk).update(sent_at=timezone.now())
    OutboxMessage.objects.filter(pk=unsent.pk).update(created_at=long_ago)

    purge_outbox_task()

    assert set(OutboxMessage.objects.all()) == {recent, unsent}


def _fail(_message: OutboxMessage) -> None:
    raise ConnectionError("nobody is there")


def _refuse(_message: OutboxMessage) -> None:
    raise DeliveryRefused("never")
