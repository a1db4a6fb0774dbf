"""The names of regions, of which only the ids are stored here, from the catalog."""

import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Region
from scheduling.siblings import SiblingUnavailable, trip_catalog
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.tasks import run
from scheduling.siblings.trip_catalog import RegionPayload
from scheduling.snapshot.translation import region_of

CACHE_SECONDS = 60
TIMEOUT_SECONDS = 0.5


class _LastRead:
    """What the catalog last listed: regions hardly ever change, and people know them by nothing but their names."""

    regions: tuple[RegionPayload, ...] = ()


def region_name(region_id: UUID | str) -> str:
    """Return the region's name, or in words that the catalog has not answered yet or does not have it."""
    names = region_names()
    if not names:
        return _("a region (svc-trip-catalog does not answer)")
    return names.get(str(region_id)) or _("a region that is not in the catalog")


def region_list(region_ids: Iterable[UUID | str]) -> str:
    """Return the names in alphabetical order: "Appalachia, Sierra Nevada"."""
    return ", ".join(sorted({region_name(region_id) for region_id in region_ids}))


def region_names() -> Mapping[str, str]:
    """Return the names of all regions by id, in alphabetical order; none before the catalog has answered once."""
    return {str(region.id): region.name for region in sorted(_listed(), key=attrgetter("name"))}


def known_regions() -> tuple[Region, ...]:
    """Return all regions, none before the catalog has answered once."""
    return tuple(filter(None, map(region_of, _listed())))


def _listed() -> tuple[RegionPayload, ...]:
    return _regions(int(time.monotonic()) // CACHE_SECONDS)


# One call per minute and process, also during an outage of the catalog: a page looks up each of its rows.
@lru_cache(maxsize=1)
def _regions(_minute: int) -> tuple[RegionPayload, ...]:
    try:
        regions = run(trip_catalog.read_regions(SiblingReader(Deadline.after(TIMEOUT_SECONDS))))
    except SiblingUnavailable:
        return _LastRead.regions
    _LastRead.regions = tuple(regions.entries)
    return _LastRead.regions


def forget_regions() -> None:
    """Ask the catalog again at once, and know nothing while it does not answer."""
    _regions.cache_clear()
    _LastRead.regions = ()
