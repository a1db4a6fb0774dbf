"""The optimizers at work on a date, shown to people and clients before they edit it.

It informs and guards nothing: every write is version-checked in PostgreSQL whatever is said here. Valkey
away means that nobody is seen at work, and costs a log line.
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

# A dead server may cost each look its whole timeout: it is left alone for a while.
REST_SECONDS = 5.0
PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")

T = TypeVar("T")
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OptimizerPresence:
    """One optimizer at work on a date, since an aware instant; without regions it is at work on all of them."""

    by: str
    since: datetime
    region_ids: frozenset[UUID]
    run_id: UUID | None = None

    def overlaps(self, region_ids: Collection[UUID]) -> bool:
        """Return whether it may plan any departure that an optimizer of `region_ids` may plan."""
        return not self.region_ids or not region_ids or not self.region_ids.isdisjoint(region_ids)


NOBODY: tuple[OptimizerPresence, ...] = ()


@dataclass(frozen=True, slots=True)
class PresenceMark:
    """The optimizers that were at work on the same date and any of the same regions when this one began."""

    others: tuple[OptimizerPresence, ...] = NOBODY


@contextmanager
def announce_presence(
    day: date, region_ids: Collection[UUID], *, by: str, run_id: UUID | None = None
) -> Iterator[PresenceMark]:
    """Show that `by` is optimizing these regions of `day`, for as long as the block lasts.

    Looking for others and showing oneself is one atomic step: of two that begin at the same moment one
    sees the other. The mark of a process that was killed lapses after LOCK_CACHE_SECONDS.
    """
    mark = _written(OptimizerPresence(by, timezone.now(), frozenset(region_ids), run_id))
    others = _trying(lambda: _enter(day, mark), NOBODY)
    try:
        yield PresenceMark(tuple(presence for presence in others if presence.overlaps(region_ids)))
    finally:
        _trying(lambda: get_redis_connection("default").zrem(_key(day), mark), 0)


def optimizers_of(day: date) -> tuple[OptimizerPresence, ...]:
    """Everybody at work on `day`, the earliest first; one round trip."""
    return _trying(lambda: _marks_on(day), NOBODY)


def being_optimized(day: date) -> OptimizerPresence | None:
    """Return the optimizer that has been at work on `day` for the longest time, or None."""
    return next(iter(optimizers_of(day)), None)


def headers_of(day: date) -> dict[str, str]:
    """Return the headers that an answer about `day` carries while it is being optimized."""
    presence = being_optimized(day)
    if presence is None:
        return {}
    since = presence.since.isoformat(timespec="seconds").replace("+00:00", "Z")
    # A name may be written in any script; a header may not.
    return {"X-Being-Optimized-By": quote(presence.by, safe=PRINTABLE), "X-Being-Optimized-Since": since}


def forget_troubles() -> None:
    """Ask Valkey again at once, however it failed before."""
    _valkey.rests_until = 0.0


def _enter(day: date, mark: str) -> tuple[OptimizerPresence, ...]:
    """Leave the mark, with the time it lapses at as its score; returns those that were there."""
    key, now, seconds = _key(day), time.time(), settings.LOCK_CACHE_SECONDS
    with get_redis_connection("default").pipeline(transaction=True) as pipeline:
        pipeline.zremrangebyscore(key, "-inf", now)
        pipeline.zrange(key, 0, -1)
        pipeline.zadd(key, {mark: now + seconds})
        pipeline.expire(key, seconds)
        _, there, *_ = pipeline.execute()
    return _shown(there)


def _marks_on(day: date) -> tuple[OptimizerPresence, ...]:
    return _shown(get_redis_connection("default").zrangebyscore(_key(day), time.time(), "+inf"))


def _key(day: date) -> str:
    return f"optimizing:{day}"


def _written(mark: OptimizerPresence) -> str:
    content: dict[str, Any] = {
        "by": mark.by,
        "since": mark.since.isoformat(),
        "region_ids": sorted(map(str, mark.region_ids)),
        "run_id": str(mark.run_id) if mark.run_id else None,
        # Two marks of one name and moment are still two.
        "token": uuid4().hex,
    }
    return json.dumps(content)


def _shown(marks: list[bytes]) -> tuple[OptimizerPresence, ...]:
    return tuple(sorted(map(_read, marks), key=lambda mark: mark.since))


def _read(mark: bytes) -> OptimizerPresence:
    content = json.loads(mark)
    return OptimizerPresence(
        by=content["by"],
        since=datetime.fromisoformat(content["since"]),
        region_ids=frozenset(map(UUID, content["region_ids"])),
        run_id=UUID(content["run_id"]) if content["run_id"] else None,
    )


class _Valkey:
    rests_until = 0.0


_valkey = _Valkey()


def _trying(operation: Callable[[], T], otherwise: T) -> T:
    if time.monotonic() < _valkey.rests_until:
        return otherwise
    try:
        return operation()
    except (RedisError, ValueError, TypeError, KeyError) as error:
        _valkey.rests_until = time.monotonic() + REST_SECONDS
        logger.warning("lock_cache_not_read", error=repr(error))
        return otherwise
