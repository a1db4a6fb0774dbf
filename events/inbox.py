"""Events from other services: each has its effect exactly once, or becomes a dead letter."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from events import kafka, outbox, schemas
from events.backoff import pause_seconds
from events.dead_letters import record_dead_letter
from events.error_text import explanation
from events.models import DeadLetter, InboxMessage

logger = structlog.get_logger(__name__)

Handler = Callable[[dict[str, Any]], None]
Pause = Callable[[float], None]

FAILURES_ALLOWED = 3
ROUNDS_ALLOWED = 5
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
# Connection lost, server going down, out of connections or disk, or a standby that takes no writes.
AWAY_STATES = ("08", "57P", "53", "25006")
CONTENTION_STATES = ("40", "55P03", "57014")

_handlers: dict[str, Handler] = {}


class TryAgain(Exception):
    """A handler met contention, not an error: it is to be called again after a pause."""


class DatabaseAway(Exception):
    """The database cannot be reached, so that the event could be neither handled nor kept."""


class NoHandler(LookupError):
    """Nobody registered for this type of event."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as Kafka delivered it; a replayed one has no place in a partition (-1)."""

    topic: str
    value: bytes
    key: str = ""
    partition: int = -1
    offset: int = -1
    produced_at: datetime | None = None


def register_handler(event_type: str, handler: Handler) -> None:
    """Handle events of `event_type` with `handler(payload)`, in the transaction that marks them handled.

    It raises TryAgain on contention; anything else that it raises three times makes a dead letter.
    """
    _handlers[event_type] = handler


def receive(arrival: Arrival, *, pause: Pause) -> None:
    """Handle an event, or keep it as a dead letter. Returns when its offset may be committed.

    `pause(seconds)` is called between the tries. Raises DatabaseAway when neither was possible.
    """
    try:
        reason = _handle(arrival, pause)
        if reason:
            _give_up(arrival, reason)
    except (OperationalError, InterfaceError) as error:
        raise DatabaseAway(str(error)) from error


def read_event(topic: str, value: bytes) -> dict[str, Any]:
    """The event in the bytes of a message; SchemaMismatch says why they are not one."""
    try:
        event: dict[str, Any] = json.loads(value, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise schemas.SchemaMismatch(f"not JSON: {explanation(error)}") from error
    schemas.check(topic, event)
    return event


@transaction.atomic
def handle_once(arrival: Arrival, event: dict[str, Any]) -> bool:
    """Run the handler of `event` and mark the event handled, together; False if it was before."""
    handler = _handlers.get(event["event_type"])
    if handler is None:
        raise NoHandler(f"No handler is registered for {event['event_type']}.")
    message = InboxMessage(
        event_id=event["event_id"],
        event_type=event["event_type"],
        topic=arrival.topic,
        partition=arrival.partition,
        offset=arrival.offset,
        produced_at=arrival.produced_at,
    )
    if not InboxMessage.objects.claim(message):
        return False
    handler(event)
    return True


def handle_dead_letter(dead_letter: DeadLetter) -> None:
    """Handle what became a dead letter, from its original bytes."""
    arrival = Arrival(topic=dead_letter.source, value=bytes(dead_letter.original or b""), key=dead_letter.key)
    handle_once(arrival, read_event(arrival.topic, arrival.value))


def _handle(arrival: Arrival, pause: Pause) -> str | None:
    """Handle an event with some patience; the reason why it cannot be, if so."""
    try:
        event = read_event(arrival.topic, arrival.value)
    except schemas.SchemaMismatch as error:
        return f"It breaks its schema: {error}"
    tries = Tries()
    while True:
        try:
            handle_once(arrival, event)
        except Exception as error:
            if _database_is_away(error):
                raise
            logger.warning("event_not_handled", event_id=event["event_id"], topic=arrival.topic, exc_info=True)
            if tries.are_used_up_by(error):
                return explanation(error)
            pause(tries.pause_seconds)
        else:
            return None


@dataclass(slots=True)
class Tries:
    """How often an event failed, counted apart from how often it only met contention."""

    failures: int = 0
    rounds: int = 0

    def are_used_up_by(self, error: Exception) -> bool:
        if isinstance(error, TryAgain) or _sqlstate(error).startswith(CONTENTION_STATES):
            self.rounds += 1
        else:
            self.failures += 1
        return self.failures >= FAILURES_ALLOWED or self.rounds >= ROUNDS_ALLOWED

    @property
    def pause_seconds(self) -> float:
        return pause_seconds(self.failures + self.rounds, first=FIRST_PAUSE_SECONDS, longest=LONGEST_PAUSE_SECONDS)


@transaction.atomic
def _give_up(arrival: Arrival, reason: str) -> None:
    dead_letter = record_dead_letter(source=arrival.topic, key=arrival.key, reason=reason, payload=arrival.value)
    headers = kafka.CONTENT_TYPE | {
        "reason": dead_letter.reason,
        "dead-letter-id": str(dead_letter.pk),
        "source-topic": arrival.topic,
        "source-partition": str(arrival.partition),
        "source-offset": str(arrival.offset),
    }
    outbox.record(
        destination=kafka.DESTINATION,
        key=dead_letter.key,
        kind=kafka.DEAD_LETTERS,
        payload={},
        body=arrival.value,
        headers=headers,
    )


def _database_is_away(error: Exception) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return _sqlstate(error).startswith(AWAY_STATES) or not connection.is_usable()


def _sqlstate(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
