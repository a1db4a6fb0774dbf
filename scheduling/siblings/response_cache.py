"""Siblings' answers in Valkey, each for its own lifetime. Without Valkey everything works, slower."""

import hashlib
import json
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

REST_SECONDS = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and when it was read (aware)."""

    body: bytes
    read_at: datetime


class _Cache:
    """The cache, left alone for a while after it failed.

    Each operation on a dead server can take its whole timeout; the many lookups of a snapshot must not all
    wait for it.
    """

    def __init__(self) -> None:
        self._rests_until = 0.0

    def get(self, key: str) -> tuple[bytes, datetime] | None:
        cached: tuple[bytes, datetime] | None = self._trying(lambda: caches["siblings"].get(key))
        return cached

    def set(self, key: str, answer: Answer, lifetime: timedelta) -> None:
        value, seconds = (answer.body, answer.read_at), lifetime.total_seconds()
        self._trying(lambda: caches["siblings"].set(key, value, seconds))

    def _trying(self, operation: Callable[[], Any]) -> Any:
        if time.monotonic() < self._rests_until:
            return None
        try:
            return operation()
        except (ConnectionInterrupted, RedisError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.warning("siblings_cache_failed", error=str(error))
            return None

    def wake(self) -> None:
        """Stop resting."""
        self._rests_until = 0.0


_cache = _Cache()


def remembered(call: Call) -> Answer | None:
    """The answer to `call`, when it was read within its lifetime."""
    cached = _cache.get(_key(call))
    CACHE_LOOKUPS.labels(call.sibling, "miss" if cached is None else "hit").inc()
    return None if cached is None else Answer(*cached)


def remember(call: Call, answer: Answer, lifetime: timedelta) -> None:
    """Keep `answer` from now on for `lifetime`."""
    _cache.set(_key(call), answer, lifetime)


def _key(call: Call) -> str:
    asked = json.dumps([call.url, sorted(call.params.items())])
    return f"sibling:{call.sibling}:{hashlib.sha256(asked.encode()).hexdigest()}"


def forget_troubles() -> None:
    """Use the cache again at once, however it failed before."""
    _cache.wake()
