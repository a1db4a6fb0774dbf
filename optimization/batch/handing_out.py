"""Which date a free process plans next: the dates of a cluster go in order, one at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

Cluster = frozenset[UUID]


@dataclass(slots=True)
class HandingOut:
    """The dates of each cluster that are still to be handed out, to so many processes.

    `work` is that of one date of a cluster, in any unit.
    """

    remaining: dict[Cluster, list[date]]
    work: Mapping[Cluster, int]
    processes: int
    _planned_now: set[Cluster] = field(default_factory=set)

    def next_for(self, last: Cluster | None) -> tuple[Cluster, date] | None:
        """Hand out the next date of a cluster to a process that planned one of `last`; None if there is none now.

        A process goes on with its cluster, about whose guides it has asked already. A waiting one goes first that has
        as much left as each process has on average: whoever works on it from now on is the last to finish.
        """
        waiting = [cluster for cluster, days in self.remaining.items() if days and cluster not in self._planned_now]
        if not waiting:
            return None
        cluster = max(waiting, key=self._left)
        if last in waiting and self._left(cluster) * self.processes < sum(map(self._left, self.remaining)):
            cluster = last
        self._planned_now.add(cluster)
        return cluster, self.remaining[cluster].pop(0)

    def planned(self, cluster: Cluster) -> None:
        """Note that the date of the cluster is planned that was handed out last."""
        self._planned_now.remove(cluster)

    def _left(self, cluster: Cluster) -> int:
        return len(self.remaining[cluster]) * self.work[cluster]
