"""The choice of the messages to deliver next, such that a slow host delays no other host."""

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from events.models import OutboxMessage, OutboxQuerySet
from events.outbox import Destination

CONCURRENT_DELIVERIES = 32
# Enough to look past the messages of busy hosts.
LOOKAHEAD = 500

DESTINATIONS_WITH_DUE = """
    SELECT name FROM unnest(%s::text[]) AS name WHERE EXISTS (
        SELECT FROM outbox WHERE destination = name AND sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= %s
    )
"""

LOCK_SPACE = zlib.crc32(b"scheduling outbox") & 0x7FFFFFFF


def names_with_due(names: Iterable[str]) -> list[str]:
    """Return the destinations that may have a due message, by a single cheap query for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(DESTINATIONS_WITH_DUE, [list(names), timezone.now()])
        return [name for (name,) in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The messages of one delivery, whose keys are claimed."""

    destination: Destination
    messages: Sequence[OutboxMessage]

    @property
    def host(self) -> str:
        return self.messages[0].host

    @property
    def keys(self) -> set[str]:
        return {message.key for message in self.messages}


class DeliverySlots:
    """The free delivery slots of one relay for one destination, limited for each host and in total."""

    def __init__(self, destination: Destination, in_progress: Iterable[Delivery]) -> None:
        deliveries = list(in_progress)
        self.destination = destination
        self._free = CONCURRENT_DELIVERIES - len(deliveries)
        same_destination = [delivery for delivery in deliveries if delivery.destination.name == destination.name]
        self._busy = Counter(delivery.host for delivery in same_destination)
        self._keys_in_progress = {key for delivery in same_destination for key in delivery.keys}

    def due(self) -> OutboxQuerySet:
        """The messages that may be sent now: of no key in progress and to no host without a free slot."""
        full = [host for host in self._busy if self._is_full(host)]
        due = OutboxMessage.objects.due(self.destination.name, timezone.now())
        return due.exclude(host__in=full).exclude(key__in=self._keys_in_progress)

    def claimable_keys(self) -> set[str]:
        """The keys to claim: as many as there are free slots."""
        if self._free <= 0:
            return set()
        hosts: dict[str, str] = {}
        for key, host in self.due().values_list("key", "host")[:LOOKAHEAD]:
            hosts.setdefault(key, host)
        return set(hosts) if self.destination.batch_size > 1 else self._fitting(hosts)

    def deliveries(self, keys: set[str]) -> list[Delivery]:
        """The deliveries for the claimed `keys`, from the present state of the outbox."""
        due = self.due().filter(key__in=keys)
        size = self.destination.batch_size
        if size > 1:
            batch = list(due[:size])
            return [Delivery(self.destination, batch)] if batch else []
        heads = due.order_by("key", "id").distinct("key")
        return [Delivery(self.destination, [head]) for head in heads]

    def _fitting(self, hosts: dict[str, str]) -> set[str]:
        chosen: set[str] = set()
        for key, host in hosts.items():
            if len(chosen) < self._free and not self._is_full(host):
                chosen.add(key)
                self._busy[host] += 1
        return chosen

    def _is_full(self, host: str) -> bool:
        return self._busy[host] >= self.destination.concurrency


def claim_keys(destination: str, keys: Collection[str]) -> set[str]:
    """Lock the (destination, key) pairs that no other session has locked, and return their keys.

    A session is granted again what it holds already: the caller tracks its deliveries in progress.
    """
    sql = "SELECT key, pg_try_advisory_lock(%s, hashtext(%s || ':' || key)) FROM unnest(%s::text[]) AS key"
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK_SPACE, destination, list(keys)])
        return {key for key, granted in cursor.fetchall() if granted}


def release_keys(destination: str, keys: Collection[str]) -> None:
    """Unlock keys that this session has claimed once each."""
    sql = "SELECT pg_advisory_unlock(%s, hashtext(%s || ':' || key)) FROM unnest(%s::text[]) AS key"
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK_SPACE, destination, list(keys)])
