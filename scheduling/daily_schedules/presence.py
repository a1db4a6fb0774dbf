"""The optimizers at work on a date, shown to people and clients before they edit it.

It informs and locks nothing: every write is version-checked in PostgreSQL whatever is shown here. While Valkey is
unavailable no optimizer is shown, at the cost of a log line.
"""

import json
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.utils import timezone
from django_redis import get_redis_connection
from redis.exceptions import RedisError

# A dead server may cost each call its whole timeout: after a failure none is made for this long.
BACKOFF_SECONDS = 5.0
PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")

T = TypeVar("T")
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OptimizerPresence:
    """One optimizer at work on a date since an aware instant. No regions: it is at work on all of them."""

    by: str
    since: datetime
    region_ids: frozenset[UUID]
    run_id: UUID | None = None

    def overlaps(self, region_ids: Collection[UUID]) -> bool:
        """Return whether it may plan a departure that an optimizer of `region_ids` (none: of all) may plan too."""
        return not self.region_ids or not region_ids or not self.region_ids.isdisjoint(region_ids)


NO_OPTIMIZERS: tuple[OptimizerPresence, ...] = ()


@dataclass(frozen=True, slots=True)
class PresenceMark:
    """The optimizers that were at work on the same date and any of the same regions when this one began."""

    others: tuple[OptimizerPresence, ...] = NO_OPTIMIZERS


@contextmanager
def announce_presence(
    day: date, region_ids: Collection[UUID], *, by: str, run_id: UUID | None = None
) -> Iterator[PresenceMark]:
    """Show that `by` is optimizing these regions of `day`, for as long as the block lasts.

    The others are read and the mark is set in one atomic step: of two optimizers that begin at the same moment one
    sees the other. The mark of a process that was killed lapses after LOCK_CACHE_SECONDS.
    """
    mark = _serialized(OptimizerPresence(by, timezone.now(), frozenset(region_ids), run_id))
    others = with_fallback(lambda: _add_mark(day, mark), NO_OPTIMIZERS)
    try:
        yield PresenceMark(tuple(presence for presence in others if presence.overlaps(region_ids)))
    finally:
        with_fallback(lambda: get_redis_connection("default").zrem(_key(day), mark), 0)


def optimizers_of(day: date) -> tuple[OptimizerPresence, ...]:
    """Return the optimizers at work on `day`, the earliest first, in one round trip."""
    return with_fallback(lambda: _marks_on(day), NO_OPTIMIZERS)


def first_optimizer_of(day: date) -> OptimizerPresence | None:
    """Return the optimizer that has been at work on `day` for the longest time, or None."""
    return next(iter(optimizers_of(day)), None)


def headers_of(day: date) -> dict[str, str]:
    """Return the headers of a response about `day` while it is being optimized; none otherwise."""
    presence = first_optimizer_of(day)
    if presence is None:
        return {}
    since = presence.since.isoformat(timespec="seconds").replace("+00:00", "Z")
    # A name may be written in any script; a header may not.
    return {"X-Being-Optimized-By": quote(presence.by, safe=PRINTABLE), "X-Being-Optimized-Since": since}


def reset_backoff() -> None:
    """Have the next call ask Valkey, however the last one failed."""
    _valkey.unavailable_until = 0.0


def _add_mark(day: date, mark: str) -> tuple[OptimizerPresence, ...]:
    """Add the mark, scored by the time it lapses at, and return the presences that were there."""
    key, now, seconds = _key(day), time.time(), settings.LOCK_CACHE_SECONDS
    with get_redis_connection("default").pipeline(transaction=True) as pipeline:
        pipeline.zremrangebyscore(key, "-inf", now)
        pipeline.zrange(key, 0, -1)
        pipeline.zadd(key, {mark: now + seconds})
        pipeline.expire(key, seconds)
        _, marks, *_ = pipeline.execute()
    return _parsed(marks)


def _marks_on(day: date) -> tuple[OptimizerPresence, ...]:
    return _parsed(get_redis_connection("default").zrangebyscore(_key(day), time.time(), "+inf"))


def _key(day: date) -> str:
    return f"optimizing:{day}"


def _serialized(presence: OptimizerPresence) -> str:
    content: dict[str, Any] = {
        "by": presence.by,
        "since": presence.since.isoformat(),
        "region_ids": sorted(map(str, presence.region_ids)),
        "run_id": str(presence.run_id) if presence.run_id else None,
        # Two marks of the same name and instant remain two members of the set.
        "token": uuid4().hex,
    }
    return json.dumps(content)


def _parsed(marks: list[bytes]) -> tuple[OptimizerPresence, ...]:
    return tuple(sorted(map(_read, marks), key=lambda presence: presence.since))


def _read(mark: bytes) -> OptimizerPresence:
    content = json.loads(mark)
    return OptimizerPresence(
        by=content["by"],
        since=datetime.fromisoformat(content["since"]),
        region_ids=frozenset(map(UUID, content["region_ids"])),
        run_id=UUID(content["run_id"]) if content["run_id"] else None,
    )


class _Valkey:
    unavailable_until = 0.0


_valkey = _Valkey()


def with_fallback(operation: Callable[[], T], fallback: T) -> T:
    """Return the result of an operation on Valkey, or `fallback` where it failed, or another did seconds ago."""
    if time.monotonic() < _valkey.unavailable_until:
        return fallback
    try:
        return operation()
    except (RedisError, ValueError, TypeError, KeyError) as error:
        _valkey.unavailable_until = time.monotonic() + BACKOFF_SECONDS
        logger.warning("lock_cache_not_read", error=repr(error))
        return fallback
