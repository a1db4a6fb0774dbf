"""What the siblings say of a date, for people to look at: asked for at most four times a minute by each process.

Hundreds of answers make up the view of a busy date, and a silent sibling costs the whole deadline: many people have
the board open, and it refreshes itself.
"""

import time
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from scheduling.domain.facts import Snapshot
from scheduling.snapshot import take_view_snapshot

KEPT_SECONDS = 15
VIEWS_KEPT = 32


def siblings_view(day: date, region_ids: Collection[UUID], trail_ids: Collection[UUID]) -> Snapshot:
    """Return guides, weather, trails and base camps of a date as they were seconds ago; gaps are in `unknown`."""
    return _view(day, frozenset(region_ids), frozenset(trail_ids), int(time.monotonic()) // KEPT_SECONDS)


def forget_views() -> None:
    """Ask the siblings again at once."""
    _view.cache_clear()


@lru_cache(maxsize=VIEWS_KEPT)
def _view(day: date, region_ids: frozenset[UUID], trail_ids: frozenset[UUID], _quarter: int) -> Snapshot:
    seconds = float(settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
    return take_view_snapshot(day, region_ids, trail_ids, deadline_seconds=seconds)
