"""The transactional outbox: messages are stored with the change they report and delivered by the relay."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import orjson
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from events.models import DeadLetter, OutboxMessage
from novatrek_scheduling.errors import Unknown
from novatrek_scheduling.pgpool.rows import store_rows

Deliver = Callable[[OutboxMessage], None]
Failures = Mapping[int, Exception]
DeliverBatch = Callable[[Sequence[OutboxMessage]], Failures]

DEAD_LETTER_SOURCE = "outbox"


class DeliveryRefused(Exception):
    """The receiver will never accept this message: it becomes a dead letter without another attempt."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A receiver of messages and the terms of delivery to it.

    `deliver` takes up to `batch_size` messages, those of a key in order, and returns the errors of the
    failed ones by id. `concurrency` is the maximum of simultaneous deliveries of one relay to one host.
    With `gives_up`, a message that failed for a day becomes a dead letter; otherwise it is retried for ever.
    """

    name: str
    deliver: DeliverBatch
    batch_size: int = 1
    concurrency: int = 8
    gives_up: bool = True


class Message(NamedTuple):
    """A message to be recorded by `record_several`."""

    key: str
    kind: str
    payload: dict[str, Any]


# One parameter, not one a value: a publication of thousands of departures has tens of thousands of values.
_RECORD = """
    INSERT INTO outbox
        (message_id, destination, key, kind, payload, url, host, headers, created_at, next_attempt_at, last_error)
    SELECT (message ->> 'id')::uuid, %(destination)s, message ->> 'key', message ->> 'kind', message -> 'payload',
        '', '', '{}', %(now)s, %(now)s, ''
    FROM jsonb_array_elements(%(messages)s) WITH ORDINALITY AS recorded (message, position)
    ORDER BY position
"""
_encode, _ENCODING = DjangoJSONEncoder().default, orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
_destinations: dict[str, Destination] = {}


def register_destination(name: str, deliver: Deliver) -> None:
    """Deliver messages for `name` by `deliver(message)`, outside any transaction.

    Several relays and threads may call `deliver` at once. It returns once the receiver has the message.
    It raises DeliveryRefused if the message must not be retried, any other exception if it may be. A message
    may be delivered twice, with the same `message_id`.
    """

    def deliver_singly(messages: Sequence[OutboxMessage]) -> dict[int, Exception]:
        return {message.pk: error for message in messages if (error := _failure(deliver, message))}

    add_destination(Destination(name, deliver_singly))


def add_destination(destination: Destination) -> None:
    """Add `destination`, or replace the one of the same name. For those that `register_destination` does not fit."""
    _destinations[destination.name] = destination


def destinations() -> list[Destination]:
    """Return all registered destinations."""
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
    """Store a message in the transaction of the change that it reports.

    Messages of one (destination, key) are sent in the order of recording, provided that their transactions
    are serialized, as those that write the same row are. Raise RuntimeError outside a transaction: the
    message could report a change that is rolled back.
    """
    message = OutboxMessage(
        destination=destination,
        key=key,
        kind=kind,
        payload=payload,
        url=url or "",
        host=urlsplit(url or "").hostname or "",
        headers=dict(headers or {}),
        body=body,
    )
    store(message)
    return message


def store(message: OutboxMessage) -> None:
    """Store a message that was made, as `record` does."""
    if not connection.in_atomic_block:
        raise RuntimeError("A message must be stored in the transaction of the change that it reports.")
    store_rows(new=[message])


def record_several(destination: str, messages: Iterable[Message]) -> list[UUID]:
    """Store messages for one destination by a single statement, in the given order; otherwise as `record`.

    Returns the ids of the messages (`message_id`).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record_several() must run in the transaction of the change that it reports.")
    ids, recorded = [], []
    for message in messages:
        ids.append(uuid4())
        recorded.append({"id": ids[-1], "key": message.key, "kind": message.kind, "payload": message.payload})
    if recorded:
        written = orjson.dumps(recorded, _encode, _ENCODING).decode()
        with connection.cursor() as cursor:
            cursor.execute(_RECORD, {"destination": destination, "messages": written, "now": timezone.now()})
    return ids


def requeue(dead_letter: DeadLetter) -> None:
    """Make the message of a dead letter due again with a full retry budget. Raise Unknown if it was purged."""
    message_id = int((dead_letter.payload or {})["id"])
    failed = OutboxMessage.objects.filter(pk=message_id, failed_at__isnull=False)
    if not failed.update(failed_at=None, attempts=0, next_attempt_at=timezone.now()):
        raise Unknown(f"Message {message_id} is no longer stored.")


def _failure(deliver: Deliver, message: OutboxMessage) -> Exception | None:
    try:
        deliver(message)
    except Exception as error:
        return error
    return None
