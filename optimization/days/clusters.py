"""Clusters: the groups of regions that are planned together, since guides who work in several couple them."""

from collections import defaultdict
from uuid import UUID

from optimization.solver.disjoint_sets import smallest_connected
from scheduling.domain.facts import Snapshot


def clusters_of(snapshot: Snapshot) -> list[frozenset[UUID]]:
    """Return the regions in groups that share no guide, the list in order of each group's smallest id."""
    worked_in = (
        [region.id for region in snapshot.regions.values() if guide.works_in(region)]
        for guide in snapshot.guides.values()
    )
    smallest_of = smallest_connected(snapshot.regions, filter(None, worked_in))
    clusters: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for region_id, smallest in smallest_of.items():
        clusters[smallest].add(region_id)
    return [frozenset(clusters[smallest]) for smallest in sorted(clusters)]
