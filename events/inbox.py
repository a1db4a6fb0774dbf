"""Events from other services: each takes effect exactly once, or becomes a dead letter."""

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
from events.error_text import describe_error
from events.models import DeadLetter, InboxMessage

logger = structlog.get_logger(__name__)

Handler = Callable[[dict[str, Any]], None]
Pause = Callable[[float], None]

MAX_FAILURES = 3
MAX_CONTENTIONS = 5
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
# SQLSTATE classes: connection lost, out of resources, server shutting down, or a read-only standby.
UNAVAILABLE_STATES = ("08", "57P", "53", "25006")
CONTENTION_STATES = ("40", "55P03", "57014")

_handlers: dict[str, Handler] = {}


class RetryLater(Exception):
    """A handler met contention, not an error, and is to be called again after a pause."""


class DatabaseUnavailable(Exception):
    """The database is unavailable: the event could be neither handled nor stored as a dead letter."""


class NoHandler(LookupError):
    """No handler is registered for this type of event."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as Kafka delivered it. A replayed message has no position in a partition (-1)."""

    topic: str
    value: bytes
    key: str = ""
    partition: int = -1
    offset: int = -1
    produced_at: datetime | None = None


def register_handler(event_type: str, handler: Handler) -> None:
    """Handle events of `event_type` with `handler(payload)`, in the transaction that marks them handled.

    `handler` raises RetryLater on contention; any other exception makes a dead letter at the third failure.
    """
    _handlers[event_type] = handler


def receive(arrival: Arrival, *, pause: Pause) -> None:
    """Handle an event, or store it as a dead letter. Afterwards its offset may be committed.

    `pause(seconds)` is called between the attempts. Raise DatabaseUnavailable when neither was possible.
    """
    try:
        reason = _handle(arrival, pause)
        if reason:
            _make_dead_letter(arrival, reason)
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnavailable(str(error)) from error


def read_event(topic: str, value: bytes) -> dict[str, Any]:
    """Parse the bytes of a message of `topic`. Raise SchemaMismatch if they are not an event of its schema."""
    try:
        event: dict[str, Any] = json.loads(value, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise schemas.SchemaMismatch(f"not JSON: {describe_error(error)}") from error
    schemas.check(topic, event)
    return event


@transaction.atomic
def handle_once(arrival: Arrival, event: dict[str, Any]) -> bool:
    """Run the handler of `event` and mark the event as handled, in one transaction.

    Return False, without a call of the handler, if it was handled before. Raise NoHandler if there is none.
    """
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
    """Handle the event of a dead letter from its original bytes. Raise SchemaMismatch or NoHandler."""
    arrival = Arrival(topic=dead_letter.source, value=bytes(dead_letter.original or b""), key=dead_letter.key)
    handle_once(arrival, read_event(arrival.topic, arrival.value))


def _handle(arrival: Arrival, pause: Pause) -> str | None:
    """Handle an event in several attempts; return the reason of the failure, or None on success."""
    try:
        event = read_event(arrival.topic, arrival.value)
    except schemas.SchemaMismatch as error:
        return f"The event does not match its schema: {error}"
    attempts = Attempts()
    while True:
        try:
            handle_once(arrival, event)
        except Exception as error:
            if _database_is_unavailable(error):
                raise
            logger.warning("event_not_handled", event_id=event["event_id"], topic=arrival.topic, exc_info=True)
            if attempts.are_exhausted_after(error):
                return describe_error(error)
            pause(attempts.pause_seconds)
        else:
            return None


@dataclass(slots=True)
class Attempts:
    """The failures of an event, counted apart from its contentions."""

    failures: int = 0
    contentions: int = 0

    def are_exhausted_after(self, error: Exception) -> bool:
        if isinstance(error, RetryLater) or _sqlstate(error).startswith(CONTENTION_STATES):
            self.contentions += 1
        else:
            self.failures += 1
        return self.failures >= MAX_FAILURES or self.contentions >= MAX_CONTENTIONS

    @property
    def pause_seconds(self) -> float:
        return pause_seconds(self.failures + self.contentions, first=FIRST_PAUSE_SECONDS, longest=LONGEST_PAUSE_SECONDS)


@transaction.atomic
def _make_dead_letter(arrival: Arrival, reason: str) -> None:
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


def _database_is_unavailable(error: Exception) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return _sqlstate(error).startswith(UNAVAILABLE_STATES) or not connection.is_usable()


def _sqlstate(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
