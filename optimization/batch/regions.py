"""Finding the region that an operator names."""

from novatrek_scheduling.errors import Unknown
from scheduling.domain.facts import Region, Snapshot


class UnknownRegion(Unknown):
    """There is no region of this id or name."""

    code = "UNKNOWN_REGION"


def region_named(snapshot: Snapshot, wanted: str) -> Region:
    """The region of this id, name or slug, however it is written. Raises UnknownRegion, with those there are."""
    for region in snapshot.regions.values():
        if wanted.casefold() in {str(region.id), region.name.casefold(), region.slug}:
            return region
    known = ", ".join(sorted(region.name for region in snapshot.regions.values()))
    raise UnknownRegion(f"There is no region {wanted}; there are {known}.")
