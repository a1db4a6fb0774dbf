"""Time zones and names of the places of departures, for documents that are served while siblings are unavailable."""

from collections.abc import Collection, Mapping
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
from scheduling.siblings.tasks import Task
from scheduling.snapshot.catalog import read_regions
from scheduling.snapshot.gaps import Gaps

T = TypeVar("T")

TRAILS, LOCATIONS = Sibling.TRAIL_MANAGEMENT, Sibling.LOCATION_SERVICES


@dataclass(frozen=True, slots=True)
class Places:
    """Time zones by region, names by trail and by base camp, as far as they are known."""

    zones: Mapping[UUID, tzinfo] = field(default_factory=dict)
    names: Mapping[UUID, str] = field(default_factory=dict)

    def zone_of(self, region_id: UUID) -> tzinfo:
        """Return the time zone of a region; UTC where it is unknown."""
        return self.zones.get(region_id, UTC)

    def described(self, *place_ids: UUID | None) -> str:
        """Return the known names in the given order: "Skyline Trail, Cascade Base Camp"."""
        return ", ".join(self.names[key] for key in place_ids if key and self.names.get(key))


def look_up_places(region_ids: Collection[UUID]) -> Places:
    """Return the time zones, trails and base camps of regions, without what unavailable siblings would add."""
    if not region_ids:
        return Places()
    reader, gaps = SiblingReader(Deadline.after(settings.SNAPSHOT_DEADLINE_SECONDS["names"])), Gaps()
    with Lookups(reader.deadline) as lookups:
        regions = lookups.branch(read_regions, reader, gaps)
        trails = [lookups.branch(trail_management.read_trails, reader, lookups, key) for key in region_ids]
        camps = [lookups.branch(location_services.read_base_camps, reader, key) for key in region_ids]
        known_regions = _joined(gaps, lookups, Sibling.TRIP_CATALOG, regions) or {}
        known_trails = [_joined(gaps, lookups, TRAILS, branch) for branch in trails]
        known_camps = [_joined(gaps, lookups, LOCATIONS, branch) for branch in camps]
    names = {trail.id: trail.name for records in known_trails if records for trail in records.entries}
    names |= {camp.id: camp.name for records in known_camps if records for camp in records.entries}
    return Places(zones={key: region.timezone for key, region in known_regions.items()}, names=names)


def _joined(gaps: Gaps, lookups: Lookups, sibling: Sibling, branch: Task[T]) -> T | None:
    return gaps.read_or_note(sibling, "names of places", lambda: lookups.result(sibling, branch))
