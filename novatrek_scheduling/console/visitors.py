"""Who has the panel of a departure open: shown to the others, so that two people talk before both change it.

It informs and locks nothing. While Valkey is unavailable nobody is shown.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django_redis import get_redis_connection

from scheduling.daily_schedules.presence import with_fallback

LAPSES_SECONDS = 45
"""An open panel says twice in this time that it still is; a closed one is forgotten after it."""

EDITS, LOOKS = "edits", "looks"
Scores = Sequence[tuple[bytes, float]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who has had the panel of a departure open since a moment (aware), and may change it or not."""

    name: str
    departure_id: UUID
    since: datetime
    may_change: bool


NOBODY: tuple[Visitor, ...] = ()


def visit(day: date, departure_id: UUID, name: str, *, may_change: bool) -> tuple[str, ...]:
    """Note that a person has a departure open, and return the names of the others who have, in one round trip."""
    present = with_fallback(lambda: _note(day, departure_id, name, may_change), NOBODY)
    return tuple(sorted({v.name for v in present if v.departure_id == departure_id and v.name != name}))


def editors_of(day: date, *, besides: str) -> Mapping[UUID, Sequence[Visitor]]:
    """Return who has a departure of the date open and may change it, the earliest first, in one round trip.

    `besides` is the name of whoever asks.
    """
    found: dict[UUID, list[Visitor]] = {}
    for visitor in with_fallback(lambda: _present(day), NOBODY):
        if visitor.may_change and visitor.name != besides:
            found.setdefault(visitor.departure_id, []).append(visitor)
    return found


def _note(day: date, departure_id: UUID, name: str, may_change: bool) -> tuple[Visitor, ...]:
    """Note a visit: one set has when it lapses, the other since when it lasts, which those that lapsed drop out of."""
    now, (lapses, since) = time.time(), _keys(day)
    member = f"{departure_id} {EDITS if may_change else LOOKS} {name}"
    with get_redis_connection("default").pipeline(transaction=True) as pipeline:
        pipeline.zremrangebyscore(lapses, "-inf", now)
        pipeline.zinterstore(since, {since: 1, lapses: 0})
        pipeline.zadd(lapses, {member: now + LAPSES_SECONDS})
        pipeline.zadd(since, {member: now}, nx=True)
        pipeline.expire(lapses, LAPSES_SECONDS)
        pipeline.expire(since, LAPSES_SECONDS)
        pipeline.zrange(since, 0, -1, withscores=True)
        *_, present = pipeline.execute()
    return tuple(map(_visitor, present))


def _present(day: date) -> tuple[Visitor, ...]:
    lapses, since = _keys(day)
    with get_redis_connection("default").pipeline(transaction=True) as pipeline:
        pipeline.zrangebyscore(lapses, time.time(), "+inf")
        pipeline.zrange(since, 0, -1, withscores=True)
        present, began = pipeline.execute()
    return tuple(_still_present(present, began))


def _still_present(present: Sequence[bytes], began: Scores) -> Iterator[Visitor]:
    still = frozenset(present)
    return (_visitor((member, since)) for member, since in began if member in still)


def _visitor(row: tuple[bytes, float]) -> Visitor:
    departure_id, how, name = row[0].decode().split(" ", 2)
    return Visitor(name, UUID(departure_id), datetime.fromtimestamp(row[1], UTC), how == EDITS)


def _keys(day: date) -> tuple[str, str]:
    return f"visitors:{day}", f"visitors-since:{day}"
