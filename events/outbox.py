"""Telling the outside what happened: stored with its cause, delivered after the commit by the relay."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection

from events.models import OutboxMessage

Deliver = Callable[[OutboxMessage], None]

_destinations: dict[str, Deliver] = {}


class DeliveryRefused(Exception):
    """The receiver will never take this message: it becomes a dead letter without another try."""


def register_destination(name: str, deliver: Deliver) -> None:
    """Have messages for `name` delivered by calling `deliver(message)`, outside any transaction.

    Several relays and threads may call it at once. It returns when the receiver has the message and
    raises otherwise: DeliveryRefused for good, anything else to be called again later. A message may be
    delivered twice, with the same `message_id`.
    """
    _destinations[name] = deliver


def destinations() -> Mapping[str, Deliver]:
    """The registered destinations and how each is delivered to."""
    return _destinations


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
        headers=dict(headers or {}),
        body=body,
    )
