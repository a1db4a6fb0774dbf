"""The names of regions, of which only the ids are stored here, from the catalog."""

import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.siblings import SiblingUnavailable, trip_catalog
from scheduling.siblings.client import SiblingReader

CACHE_SECONDS = 60
TIMEOUT_SECONDS = 0.5


def region_name(region_id: UUID | str) -> str:
    """Return the region's name, or the start of its id if the catalog is unavailable or does not have it."""
    return _names(int(time.monotonic()) // CACHE_SECONDS).get(str(region_id)) or str(region_id)[:8]


def region_list(region_ids: Iterable[UUID | str]) -> str:
    """Return the names in alphabetical order: "Appalachia, Sierra Nevada"."""
    return ", ".join(sorted(region_name(region_id) for region_id in region_ids))


def region_names() -> Mapping[str, str]:
    """Return the names of all regions by id, in alphabetical order; none while the catalog is unavailable."""
    return dict(sorted(_names(int(time.monotonic()) // CACHE_SECONDS).items(), key=lambda item: item[1]))


# One call per minute and process, also during an outage of the catalog: a page looks up each of its rows.
@lru_cache(maxsize=1)
def _names(_minute: int) -> Mapping[str, str]:
    try:
        regions = trip_catalog.read_regions(SiblingReader(Deadline.after(TIMEOUT_SECONDS)))
    except SiblingUnavailable:
        return MappingProxyType({})
    return MappingProxyType({str(region.id): region.name for region in regions.entries})
