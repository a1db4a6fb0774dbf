"""Which regions have to be planned together: those linked by guides who work in several."""

from uuid import UUID

from scheduling.domain.facts import Snapshot


def clusters_of(snapshot: Snapshot) -> list[frozenset[UUID]]:
    """The regions in groups that share no guide, each group and the list in a fixed order."""
    root = {region_id: region_id for region_id in snapshot.regions}

    def find(region_id: UUID) -> UUID:
        while root[region_id] != region_id:
            region_id = root[region_id]
        return region_id

    for guide in snapshot.guides.values():
        regions = sorted(find(region.id) for region in snapshot.regions.values() if guide.works_in(region))
        for other in regions[1:]:
            root[find(other)] = regions[0]
    grouped: dict[UUID, set[UUID]] = {}
    for region_id in snapshot.regions:
        grouped.setdefault(find(region_id), set()).add(region_id)
    return [frozenset(grouped[first]) for first in sorted(grouped)]
