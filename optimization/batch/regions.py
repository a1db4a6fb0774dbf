"""Look-up of a region by the id or name that an operator gives."""

from novatrek_scheduling.errors import Unknown
from scheduling.domain.facts import Region, Snapshot


class UnknownRegion(Unknown):
    """No region has this id or name."""

    code = "UNKNOWN_REGION"


def find_region(snapshot: Snapshot, id_or_name: str) -> Region:
    """Return the region with this id, name or slug, in any case. Raises UnknownRegion with the known regions."""
    for region in snapshot.regions.values():
        if id_or_name.casefold() in {str(region.id), region.name.casefold(), region.slug}:
            return region
    names = ", ".join(sorted(region.name for region in snapshot.regions.values()))
    raise UnknownRegion(f"There is no region {id_or_name}; the regions are {names}.")
