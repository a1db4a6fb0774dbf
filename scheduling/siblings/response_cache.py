"""Siblings' responses in Valkey, each for its own lifetime. Without Valkey everything works, slower."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.cache import caches
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from scheduling.siblings.calls import Call
from scheduling.siblings.metrics import CACHE_LOOKUPS

PAUSE_SECONDS = 5.0
"""How long the cache is not used after it failed."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """The body of a response and the time at which it was read (aware)."""

    body: bytes
    read_at: datetime


class _Cache:
    """The cache, which is not used for `PAUSE_SECONDS` after it failed.

    An operation on a dead server can take its whole timeout; the many lookups of a snapshot must not all wait for it.
    """

    def __init__(self) -> None:
        self._paused_until = 0.0

    def get(self, key: str) -> tuple[bytes, datetime] | None:
        cached: tuple[bytes, datetime] | None = self._try(lambda: caches["siblings"].get(key))
        return cached

    def set(self, key: str, response: CachedResponse, lifetime: timedelta) -> None:
        value, seconds = (response.body, response.read_at), lifetime.total_seconds()
        self._try(lambda: caches["siblings"].set(key, value, seconds))

    def delete(self, key: str) -> None:
        self._try(lambda: caches["siblings"].delete(key))

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


def cached_response(call: Call) -> CachedResponse | None:
    """Return the response to `call` that was read within its lifetime, or None."""
    cached = _cache.get(_key(call))
    CACHE_LOOKUPS.labels(call.sibling, "miss" if cached is None else "hit").inc()
    return None if cached is None else CachedResponse(*cached)


def cache_response(call: Call, response: CachedResponse, lifetime: timedelta) -> None:
    """Keep `response` for `lifetime` from now on."""
    _cache.set(_key(call), response, lifetime)


def forget_response(call: Call) -> None:
    """Keep no response to `call`: what was kept is not believed any more."""
    _cache.delete(_key(call))


def _key(call: Call) -> str:
    return f"sibling:{call.sibling}:{hashlib.sha256(call.url.encode()).hexdigest()}"


def end_pause() -> None:
    """Use the cache again at once after a failure."""
    _cache.end_pause()
