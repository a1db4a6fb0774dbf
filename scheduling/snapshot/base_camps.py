"""Base camps for a snapshot."""

from scheduling.domain.facts import Location, Region, Sibling
from scheduling.siblings import location_services
from scheduling.siblings.client import SiblingReader
from scheduling.snapshot.gaps import Gaps

LOCATIONS = Sibling.LOCATION_SERVICES


def read_camp(reader: SiblingReader, gaps: Gaps, region: Region) -> Location | None:
    """The base camp of a region, the first by id; None for a region without one."""
    camps = gaps.told(
        LOCATIONS,
        f"the base camp of {region.name}",
        lambda: location_services.read_base_camps(reader, region.id),
    )
    first = min((camp.id for camp in camps or ()), default=None)
    if first is None:
        return None
    capacity = gaps.told(
        LOCATIONS,
        f"how many people the base camp of {region.name} holds",
        lambda: location_services.read_capacity(reader, first),
    )
    return Location(first, region.id, capacity.max_capacity if capacity else None)
