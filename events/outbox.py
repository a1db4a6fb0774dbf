"""Telling the outside what happened: stored with its cause, delivered after the commit by the relay."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.db import connection
from django.utils import timezone

from events.models import DeadLetter, OutboxMessage
from novatrek_scheduling.errors import Unknown

Deliver = Callable[[OutboxMessage], None]
Failures = Mapping[int, Exception]
DeliverBatch = Callable[[Sequence[OutboxMessage]], Failures]

DEAD_LETTER_SOURCE = "outbox"


class DeliveryRefused(Exception):
    """The receiver will never take this message: it becomes a dead letter without another try."""


@dataclass(frozen=True, slots=True)
class Destination:
    """How messages for one receiver are delivered.

    `deliver` takes up to `batch_size` messages, those of a key in order, and answers which ids failed and
    why. `concurrency` bounds the deliveries that one relay has under way to one host. A destination with
    `gives_up` turns a message that failed for a day into a dead letter; another one is retried for ever.
    """

    name: str
    deliver: DeliverBatch
    batch_size: int = 1
    concurrency: int = 8
    gives_up: bool = True


class Message(NamedTuple):
    """What `record_several` takes of each message."""

    key: str
    kind: str
    payload: dict[str, Any]


_destinations: dict[str, Destination] = {}


def register_destination(name: str, deliver: Deliver) -> None:
    """Have messages for `name` delivered by calling `deliver(message)`, outside any transaction.

    Several relays and threads may call it at once. It returns when the receiver has the message and
    raises otherwise: DeliveryRefused for good, anything else to be called again later. A message may be
    delivered twice, with the same `message_id`.
    """

    def deliver_each(messages: Sequence[OutboxMessage]) -> dict[int, Exception]:
        return {message.pk: error for message in messages if (error := _failure(deliver, message))}

    add_destination(Destination(name, deliver_each))


def add_destination(destination: Destination) -> None:
    """Add or replace a destination that needs more than one message at a time."""
    _destinations[destination.name] = destination


def destinations() -> list[Destination]:
    """Every destination that the relay serves."""
    return list(_destinations.values())


def record(
    *,
    destination: str,
    key: str,
    kind: str,
    payload: dict[str, Any],
    url: str | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> OutboxMessage:
    """Store a message beside the change that it reports.

    Messages of one (destination, key) leave in the order in which they were recorded, as long as their
    transactions wait for each other (as those that write the same row do). Raises RuntimeError outside a
    transaction: such a message could report what is then rolled back.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() must run in the transaction of the change that it reports.")
    return OutboxMessage.objects.create(
        destination=destination,
        key=key,
        kind=kind,
        payload=payload,
        url=url or "",
        host=urlsplit(url or "").hostname or "",
        headers=dict(headers or {}),
        body=body,
    )


def record_several(destination: str, messages: Iterable[Message]) -> None:
    """Store messages for one destination in a single statement, in their order; otherwise as `record` does."""
    if not connection.in_atomic_block:
        raise RuntimeError("record_several() must run in the transaction of the change that it reports.")
    OutboxMessage.objects.bulk_create(
        OutboxMessage(destination=destination, key=message.key, kind=message.kind, payload=message.payload)
        for message in messages
    )


def send_again(dead_letter: DeadLetter) -> None:
    """Put the message of a dead letter back in its queue, with all its tries before it."""
    message_id = int((dead_letter.payload or {})["id"])
    failed = OutboxMessage.objects.filter(pk=message_id, failed_at__isnull=False)
    if not failed.update(failed_at=None, attempts=0, next_attempt_at=timezone.now()):
        raise Unknown(f"Message {message_id} is no longer kept.")


def _failure(deliver: Deliver, message: OutboxMessage) -> Exception | None:
    try:
        deliver(message)
    except Exception as error:
        return error
    return None
