"""Regions by name: our tables have their ids, the catalog has their names."""

import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.siblings import SiblingUnavailable, trip_catalog
from scheduling.siblings.client import Reader

KEPT_SECONDS = 60
PATIENCE_SECONDS = 0.5


def region_name(region_id: UUID | str) -> str:
    """The region's name; the start of its id where nobody says what it is called."""
    return _names(int(time.monotonic()) // KEPT_SECONDS).get(str(region_id)) or str(region_id)[:8]


def region_list(region_ids: Iterable[UUID | str]) -> str:
    """Names in their order: "Appalachia, Sierra Nevada"."""
    return ", ".join(sorted(region_name(region_id) for region_id in region_ids))


# One question a minute and process, also while the catalog is away: a page asks for each of its rows.
@lru_cache(maxsize=1)
def _names(_minute: int) -> Mapping[str, str]:
    try:
        regions = trip_catalog.read_regions(Reader(Deadline.after(PATIENCE_SECONDS)))
    except SiblingUnavailable:
        return MappingProxyType({})
    return MappingProxyType({str(region.id): region.name for region in regions})
