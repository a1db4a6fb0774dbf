"""Who has the panel of a departure open: shown to the others, so that two people talk before both change it.

It informs and locks nothing. While Valkey is unavailable nobody is shown.
"""

import time
from uuid import UUID

from django_redis import get_redis_connection

from scheduling.daily_schedules.presence import with_fallback

LAPSES_SECONDS = 45
"""An open panel says twice in this time that it still is; a closed one is forgotten after it."""

NOBODY: tuple[str, ...] = ()


def visit(departure_id: UUID, name: str) -> tuple[str, ...]:
    """Note that a person has the departure open, and return the names of the others who have, in one round trip."""
    others = with_fallback(lambda: _note(departure_id, name), NOBODY)
    return tuple(sorted(other for other in others if other != name))


def _note(departure_id: UUID, name: str) -> tuple[str, ...]:
    key, now = f"visitors:{departure_id}", time.time()
    with get_redis_connection("default").pipeline(transaction=True) as pipeline:
        pipeline.zremrangebyscore(key, "-inf", now)
        pipeline.zadd(key, {name: now + LAPSES_SECONDS})
        pipeline.expire(key, LAPSES_SECONDS)
        pipeline.zrange(key, 0, -1)
        *_, names = pipeline.execute()
    return tuple(name.decode() for name in names)
