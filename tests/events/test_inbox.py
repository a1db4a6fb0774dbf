import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from events import kafka
from events.dead_letters import replay
from events.inbox import Arrival, RetryLater, receive
from events.models import DeadLetter, InboxMessage, OutboxMessage
from tests.events.conftest import RegisterHandler
from tests.events.helpers import as_bytes, reservation_created

pytestmark = pytest.mark.django_db


def _receive(value: bytes, topic: str = kafka.RESERVATION_CREATED) -> list[float]:
    pauses: list[float] = []
    receive(Arrival(topic=topic, value=value, key="k", partition=1, offset=7), pause=pauses.append)
    return pauses


def test_an_event_is_handled_and_noted(handler: RegisterHandler) -> None:
    handled: list[dict[str, Any]] = []
    handler("reservation.created", handled.append)
    event = reservation_created()

    _receive(as_bytes(event))

    noted = InboxMessage.objects.get()
    assert handled == [event]
    assert (str(noted.event_id), noted.partition, noted.offset) == (event["event_id"], 1, 7)


def test_a_duplicate_does_nothing(handler: RegisterHandler) -> None:
    handled: list[dict[str, Any]] = []
    handler("reservation.created", handled.append)
    event = reservation_created()

    _receive(as_bytes(event))
    _receive(as_bytes(event))

    assert len(handled) == 1


def test_an_effect_and_its_note_are_undone_together(handler: RegisterHandler) -> None:
    def handle(_event: dict[str, Any]) -> None:
        Group.objects.create(name=f"an effect {uuid.uuid4()}")
        raise RuntimeError("half way")

    handler("reservation.created", handle)

    _receive(as_bytes(reservation_created()))

    assert not InboxMessage.objects.exists()
    assert not Group.objects.filter(name__startswith="an effect").exists()


BROKEN = {
    "nothing": b"",
    "no text": b"\xff\xfe",
    "no JSON": b"not json",
    "no object": b"[]",
    "NaN": b"NaN",
    "too deep": b"[" * 100_000,
    "an id that is none": as_bytes(reservation_created(reservation_id="17")),
    "a time that is none": as_bytes(reservation_created(timestamp="yesterday")),
    "another type": as_bytes(reservation_created(event_type="reservation.deleted")),
    "nobody": as_bytes(reservation_created(participant_count=0)),
    "a date that is none": as_bytes(reservation_created(trip_date="2026-02-30")),
}


@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN)
def test_a_payload_that_breaks_its_schema_is_kept_and_passed_on(value: bytes) -> None:
    pauses = _receive(value)

    dead_letter = DeadLetter.objects.get()
    message = OutboxMessage.objects.get()
    assert pauses == []
    assert bytes(dead_letter.original or b"") == value
    assert (dead_letter.source, dead_letter.key) == (kafka.RESERVATION_CREATED, "k")
    assert (message.kind, bytes(message.body or b"")) == (kafka.DEAD_LETTERS, value)
    assert message.headers["reason"] == dead_letter.reason
    assert message.headers["source-offset"] == "7"


def test_text_that_the_database_cannot_hold_is_kept_as_bytes() -> None:
    value = as_bytes(reservation_created(status="\x00 \ud800"))

    _receive(value)

    dead_letter = DeadLetter.objects.get()
    assert dead_letter.payload is None
    assert bytes(dead_letter.original or b"") == value


def test_a_handler_that_fails_three_times_makes_a_dead_letter(handler: RegisterHandler) -> None:
    tries: list[dict[str, Any]] = []

    def handle(event: dict[str, Any]) -> None:
        tries.append(event)
        raise RuntimeError("the handler is broken")

    handler("reservation.created", handle)

    pauses = _receive(as_bytes(reservation_created()))

    assert (len(tries), len(pauses)) == (3, 2)
    assert "the handler is broken" in DeadLetter.objects.get().reason


def test_a_handler_that_recovers_makes_no_dead_letter(handler: RegisterHandler) -> None:
    tries: list[dict[str, Any]] = []

    def handle(event: dict[str, Any]) -> None:
        tries.append(event)
        if len(tries) < 3:
            raise RuntimeError("not yet")

    handler("reservation.created", handle)

    _receive(as_bytes(reservation_created()))

    assert InboxMessage.objects.count() == 1
    assert not DeadLetter.objects.exists()


@pytest.mark.parametrize("contention", [RetryLater("guide 7 is being planned"), DeadlockDetected("deadlock detected")])
def test_contention_is_met_with_five_rounds(handler: RegisterHandler, contention: Exception) -> None:
    tries: list[dict[str, Any]] = []

    def handle(event: dict[str, Any]) -> None:
        tries.append(event)
        if isinstance(contention, RetryLater):
            raise contention
        raise OperationalError(str(contention)) from contention

    handler("reservation.created", handle)

    _receive(as_bytes(reservation_created()))

    assert len(tries) == 5
    assert str(contention) in DeadLetter.objects.get().reason


def test_an_event_that_nobody_handles_is_kept(no_handlers: None) -> None:
    _receive(as_bytes(reservation_created()))

    assert "reservation.created" in DeadLetter.objects.get().reason


def test_a_replayed_event_is_handled(handler: RegisterHandler) -> None:
    event = reservation_created()
    handler("reservation.created", _fail)
    _receive(as_bytes(event))
    handled: list[dict[str, Any]] = []
    handler("reservation.created", handled.append)

    replay(DeadLetter.objects.get(), by="ana")

    assert handled == [event]
    assert InboxMessage.objects.filter(event_id=event["event_id"]).exists()


def _fail(_event: dict[str, Any]) -> None:
    raise RuntimeError("the handler is broken")
