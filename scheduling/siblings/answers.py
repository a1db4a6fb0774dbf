"""Siblings' answers in Valkey, each for its own lifetime. Without Valkey everything works, slower."""

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from scheduling.siblings.calls import Call
from scheduling.siblings.metrics import CACHE_LOOKUPS

SLOW_SECONDS = 0.25
REST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and when it was read (aware)."""

    body: bytes
    read_at: datetime


class _Cache:
    """The cache, left alone for a while after an operation that took as long as one on a dead server.

    The cache's own client swallows its errors, and waits a connect timeout for each: a snapshot's many
    lookups must not.
    """

    def __init__(self) -> None:
        self._rests_until = 0.0

    def get(self, key: str) -> tuple[bytes, datetime] | None:
        began = time.monotonic()
        if began < self._rests_until:
            return None
        found: tuple[bytes, datetime] | None = cache.get(key)
        self._watch(began)
        return found

    def set(self, key: str, answer: Answer, lifetime: timedelta) -> None:
        began = time.monotonic()
        if began >= self._rests_until:
            cache.set(key, (answer.body, answer.read_at), lifetime.total_seconds())
            self._watch(began)

    def _watch(self, began: float) -> None:
        now = time.monotonic()
        if now - began > SLOW_SECONDS:
            self._rests_until = now + REST_SECONDS


_cache = _Cache()


def remembered(call: Call) -> Answer | None:
    """The answer to `call`, when it was read within its lifetime."""
    found = _cache.get(_key(call))
    CACHE_LOOKUPS.labels(call.sibling, "miss" if found is None else "hit").inc()
    return None if found is None else Answer(*found)


def remember(call: Call, answer: Answer, lifetime: timedelta) -> None:
    """Keep `answer` from now on for `lifetime`."""
    _cache.set(_key(call), answer, lifetime)


def _key(call: Call) -> str:
    asked = json.dumps([call.url, sorted(call.params.items())])
    return f"sibling:{call.sibling}:{hashlib.sha256(asked.encode()).hexdigest()}"
