"""Which messages are taken in hand next, so that a slow host holds up nobody else."""

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from events.models import OutboxMessage, OutboxQuerySet
from events.outbox import Destination

CONCURRENT_DELIVERIES = 32
# Far enough to see past the messages of hosts that are busy.
LOOKAHEAD = 500

HAVING_DUE = """
    SELECT name FROM unnest(%s::text[]) AS name WHERE EXISTS (
        SELECT FROM outbox WHERE destination = name AND sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= %s
    )
"""

LOCK_SPACE = zlib.crc32(b"scheduling outbox") & 0x7FFFFFFF


def names_with_due(names: Iterable[str]) -> list[str]:
    """Those of the destinations that are worth a closer look: one cheap question instead of one for each."""
    with connection.cursor() as cursor:
        cursor.execute(HAVING_DUE, [list(names), timezone.now()])
        return [name for (name,) in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Job:
    """Messages of one delivery; their keys are claimed."""

    destination: Destination
    messages: Sequence[OutboxMessage]

    @property
    def host(self) -> str:
        return self.messages[0].host

    @property
    def keys(self) -> set[str]:
        return {message.key for message in self.messages}


class Lanes:
    """The room that one relay has for one destination: so many jobs to each host, so many in all."""

    def __init__(self, destination: Destination, in_hand: Iterable[Job]) -> None:
        jobs = list(in_hand)
        self.destination = destination
        self._free = CONCURRENT_DELIVERIES - len(jobs)
        ours = [job for job in jobs if job.destination.name == destination.name]
        self._busy = Counter(job.host for job in ours)
        self._keys_in_hand = {key for job in ours for key in job.keys}

    def due(self) -> OutboxQuerySet:
        """What may be sent now: of no key in hand, and to no host that has all the deliveries it may have."""
        full = [host for host in self._busy if self._is_full(host)]
        due = OutboxMessage.objects.due(self.destination.name, timezone.now())
        return due.exclude(host__in=full).exclude(key__in=self._keys_in_hand)

    def wanted_keys(self) -> set[str]:
        """The keys worth claiming: as many as there is room for."""
        if self._free <= 0:
            return set()
        hosts: dict[str, str] = {}
        for key, host in self.due().values_list("key", "host")[:LOOKAHEAD]:
            hosts.setdefault(key, host)
        return set(hosts) if self.destination.batch_size > 1 else self._with_room(hosts)

    def jobs(self, keys: set[str]) -> list[Job]:
        """What to deliver for the claimed `keys`, as the outbox is now."""
        due = self.due().filter(key__in=keys)
        size = self.destination.batch_size
        if size > 1:
            batch = list(due[:size])
            return [Job(self.destination, batch)] if batch else []
        heads = due.order_by("key", "id").distinct("key")
        return [Job(self.destination, [head]) for head in heads]

    def _with_room(self, hosts: dict[str, str]) -> set[str]:
        chosen: set[str] = set()
        for key, host in hosts.items():
            if len(chosen) < self._free and not self._is_full(host):
                chosen.add(key)
                self._busy[host] += 1
        return chosen

    def _is_full(self, host: str) -> bool:
        return self._busy[host] >= self.destination.concurrency


def claim_keys(destination: str, keys: Collection[str]) -> set[str]:
    """Lock the (destination, key) pairs that nobody else works on, and return their keys.

    A session gets again what it holds already: the caller remembers what it has in hand.
    """
    sql = "SELECT key, pg_try_advisory_lock(%s, hashtext(%s || ':' || key)) FROM unnest(%s::text[]) AS key"
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK_SPACE, destination, list(keys)])
        return {key for key, granted in cursor.fetchall() if granted}


def release_keys(destination: str, keys: Collection[str]) -> None:
    """Unlock what this session claimed once."""
    sql = "SELECT pg_advisory_unlock(%s, hashtext(%s || ':' || key)) FROM unnest(%s::text[]) AS key"
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK_SPACE, destination, list(keys)])
