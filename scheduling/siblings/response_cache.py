"""Siblings' responses in Valkey, each for its own lifetime. Without Valkey everything works, slower.

Every write of responses renews the mark of the cache. While it is the same, a process uses what it has read and parsed
before (`scheduling.siblings.response_memory`).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

import structlog
from django.core.cache import caches
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call
from scheduling.siblings.metrics import cache_lookups
from scheduling.siblings.one_reading import look_again, see, seen
from scheduling.siblings.response_memory import CachedResponse, memory

PAUSE_SECONDS = 5.0
"""How long the cache is not used after it failed."""
KEYS_AT_ONCE = 500
"""Responses that one step reads or writes: more would take a server longer than its other clients should wait."""
MARK, MARK_SECONDS = "siblings-mark", 86_400
FORMAT = 2
"""The version of the keys. Another one for each change of what is stored: releases run side by side for a while."""
MILLISECOND = timedelta(milliseconds=1)

T = TypeVar("T")

log = structlog.get_logger(__name__)


class ResponseToKeep(NamedTuple):
    """A response with the call that it answers, and how long it is kept from now on."""

    call: Call
    response: CachedResponse
    lifetime: timedelta


class _Cache:
    """The cache, which is not used for `PAUSE_SECONDS` after it failed.

    An operation on a dead server can take its whole timeout; the many lookups of a snapshot must not all wait for it.
    """

    def __init__(self) -> None:
        self._paused_until = 0.0

    def get_many(self, client: Any, keys: Sequence[str]) -> dict[str, CachedResponse]:
        """Return the responses that are there, by their keys."""
        values = self._try(lambda: client.get_client(write=False).mget(keys)) or ()
        return {key: _unpacked(value) for key, value in zip(keys, values, strict=False) if value is not None}

    def mark(self, client: Any) -> bytes | None:
        """Return the mark of the last write; None where none is known."""
        mark: bytes | None = self._try(lambda: client.get_client(write=False).get(MARK))
        return mark

    def write(self, kept: Sequence[ResponseToKeep], forgotten: Sequence[Call]) -> None:
        """Keep and forget responses, and renew the mark with each step."""
        self._try(lambda: _write(kept, forgotten))

    def _try(self, operation: Callable[[], Any]) -> Any:
        if time.monotonic() < self._paused_until:
            return None
        try:
            return operation()
        except (ConnectionInterrupted, RedisError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("siblings_cache_failed", error=str(error))
            return None

    def end_pause(self) -> None:
        """Use the server again at once."""
        self._paused_until = 0.0


_cache = _Cache()


def _client() -> Any:
    return caches["siblings"].client  # type: ignore[attr-defined]


# One command instead of one for each of thousands of responses, which cost a client five times as much. A response is
# a key with a value and its lifetime in milliseconds; the keys after those are forgotten. It returns the mark before.
_WRITE = """
    local values = (#ARGV - 2) / 2
    for position = 1, values do
        redis.call('SET', KEYS[position + 1], ARGV[2 * position + 1], 'PX', ARGV[2 * position + 2])
    end
    for position = values + 2, #KEYS do
        redis.call('DEL', KEYS[position])
    end
    return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2], 'GET')
"""


def _write(kept: Sequence[ResponseToKeep], forgotten: Sequence[Call]) -> None:
    client = _client().get_client(write=True)
    for calls in _in_steps(forgotten):
        _write_step(client, (), [_key(call) for call in calls])
    for responses in _in_steps(kept):
        _write_step(client, responses, [])


def _in_steps(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[first : first + KEYS_AT_ONCE] for first in range(0, len(items), KEYS_AT_ONCE))


def _write_step(client: Any, kept: Sequence[ResponseToKeep], forgotten: Sequence[str]) -> None:
    mark, keys = uuid4().hex, [*(_key(call) for call, _, _ in kept), *forgotten]
    values: list[Any] = [mark, MARK_SECONDS]
    for _, response, lifetime in kept:
        values += (_packed(response), lifetime // MILLISECOND)
    before = client.eval(_WRITE, 1 + len(keys), MARK, *keys, *values)
    memory.renew(before, mark.encode(), keys)
    see(MARK, mark.encode())


def _packed(response: CachedResponse) -> bytes:
    return b"%s %s" % (response.read_at.isoformat().encode(), response.body)


def _unpacked(value: bytes) -> CachedResponse:
    read_at, _, body = value.partition(b" ")
    return CachedResponse(body, datetime.fromisoformat(read_at.decode()))


class CacheView:
    """The cache as one reader sees it, who asks for its mark once, or one reading. Safe to use from many threads."""

    def __init__(self) -> None:
        # Django makes another client in each context that has none yet, so also for each call on a thread of its own.
        self._client = _client()
        self._lock = Lock()
        self._is_marked = False
        self._mark: bytes | None = None
        self._looked_up: dict[str, CachedResponse | None] = {}
        self._results: Counter[tuple[Sibling, str]] = Counter()

    def look_up(self, calls: Iterable[Call], lifetime: timedelta) -> None:
        """Look up the responses to many calls at once, where `response_to` finds them."""
        mark = self._asked_mark()
        if mark is None:
            return
        unknown = [key for key in map(_key, calls) if memory.get(mark, key) is None]
        for keys in _in_steps(unknown):
            found = _cache.get_many(self._client, keys)
            for key, cached in found.items():
                memory.keep(mark, key, cached, lifetime)
            with self._lock:
                self._looked_up |= {key: found.get(key) for key in keys}

    def response_to(self, call: Call, lifetime: timedelta) -> CachedResponse | None:
        """Return the response to `call` that was read within its lifetime, or None."""
        mark = self._asked_mark()
        # Without a mark nothing was written, or nothing can be read.
        cached = None if mark is None else self._response(mark, _key(call), lifetime)
        with self._lock:
            self._results[call.sibling, "miss" if cached is None else "hit"] += 1
        return cached

    def report(self) -> None:
        """Count the lookups since the last report: a metric of all processes is written to their common file."""
        with self._lock:
            results, self._results = self._results, Counter()
        for (sibling, result), count in results.items():
            cache_lookups(sibling, result).inc(count)

    def _response(self, mark: bytes, key: str, lifetime: timedelta) -> CachedResponse | None:
        if cached := memory.get(mark, key):
            return cached
        if key in self._looked_up:
            looked_up = self._looked_up[key]
            return looked_up if looked_up and datetime.now(UTC) < looked_up.read_at + lifetime else None
        read = _cache.get_many(self._client, [key]).get(key)
        if read:
            memory.keep(mark, key, read, lifetime)
        return read

    def _asked_mark(self) -> bytes | None:
        with self._lock:
            if not self._is_marked:
                mark = seen(MARK, lambda: _cache.mark(self._client), serves=lambda known: known is not None)
                self._mark, self._is_marked = mark, True
        return self._mark


def write_responses(kept: Iterable[ResponseToKeep], forgotten: Iterable[Call] = ()) -> None:
    """Keep responses for their lifetimes, and none to the `forgotten` calls: those are not believed any more."""
    kept, forgotten = list(kept), list(forgotten)
    if kept or forgotten:
        # Where the write fails, nobody knows which mark there is.
        look_again(MARK)
        _cache.write(kept, forgotten)


def _key(call: Call) -> str:
    return f"siblings:{FORMAT}:{call.url}"


def end_pause() -> None:
    """Use the cache again at once after a failure."""
    _cache.end_pause()
