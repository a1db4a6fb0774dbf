"""Clocks and names of the places that departures go to, for pages that come also while siblings are silent."""

from collections.abc import Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TypeVar
from uuid import UUID

from django.conf import settings

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings import location_services, trail_management
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.catalog import read_regions
from scheduling.snapshot.gaps import Gaps

T = TypeVar("T")

TRAILS, LOCATIONS = Sibling.TRAIL_MANAGEMENT, Sibling.LOCATION_SERVICES


@dataclass(frozen=True, slots=True)
class Places:
    """Clocks by region, names by trail and by base camp, as far as they are known."""

    zones: Mapping[UUID, tzinfo] = field(default_factory=dict)
    names: Mapping[UUID, str] = field(default_factory=dict)

    def zone_of(self, region_id: UUID) -> tzinfo:
        """The clocks of a region; UTC where nobody says what they are."""
        return self.zones.get(region_id, UTC)

    def described(self, *place_ids: UUID | None) -> str:
        """The names that are known, in their order: "Skyline Trail, Cascade Base Camp"."""
        return ", ".join(self.names[key] for key in place_ids if key and self.names.get(key))


def look_up_places(region_ids: Collection[UUID]) -> Places:
    """The clocks, trails and base camps of some regions; what no sibling tells at once is left out."""
    if not region_ids:
        return Places()
    reader, gaps = SiblingReader(Deadline.after(settings.SNAPSHOT_DEADLINE_SECONDS["names"])), Gaps()
    with Lookups(reader.deadline) as lookups:
        regions = lookups.branch(read_regions, reader)
        trails = [lookups.branch(trail_management.read_trails, reader, lookups, key) for key in region_ids]
        camps = [lookups.branch(location_services.read_base_camps, reader, key) for key in region_ids]
        stored_regions = _joined(gaps, lookups, Sibling.TRIP_CATALOG, regions) or {}
        named = [
            (payload.id, payload.name) for trail in trails for payload in _joined(gaps, lookups, TRAILS, trail) or ()
        ]
        named += [
            (payload.id, payload.name) for camp in camps for payload in _joined(gaps, lookups, LOCATIONS, camp) or ()
        ]
    return Places(zones={key: region.timezone for key, region in stored_regions.items()}, names=dict(named))


def _joined(gaps: Gaps, lookups: Lookups, sibling: Sibling, branch: Future[T]) -> T | None:
    return gaps.told(sibling, "names of places", lambda: lookups.branch_result(sibling, branch))
