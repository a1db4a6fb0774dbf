"""Clusters: the groups of regions that are planned together, since guides who work in several couple them."""

from collections import defaultdict
from uuid import UUID

from optimization.solver.disjoint_sets import smallest_connected
from scheduling.domain.facts import Snapshot


def clusters_of(snapshot: Snapshot) -> list[frozenset[UUID]]:
    """Return the regions in groups that share no guide, the list in order of each group's smallest id."""
    worked_in: defaultdict[int, list[UUID]] = defaultdict(list)
    for region in snapshot.regions.values():
        for guide in snapshot.guides_in(region):
            worked_in[guide.id.int].append(region.id)
    smallest_of = smallest_connected(snapshot.regions, worked_in.values())
    clusters: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for region_id, smallest in smallest_of.items():
        clusters[smallest].add(region_id)
    return [frozenset(clusters[smallest]) for smallest in sorted(clusters)]
