"""Components: departures coupled by guides who cannot be in two places, or by the capacity of a location.

Departures that nothing couples are solved independently, which is exact since every objective is a sum over them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import TypeVar
from uuid import UUID

from optimization.solver.disjoint_sets import smallest_connected
from optimization.solver.problem import TURNAROUND_MINUTES, Departure, EligiblePair, Location
from optimization.solver.staffing import Members, Staffing

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """Departures at a location at one moment; at most `people` of their guests may be there together."""

    departures: tuple[Departure, ...]
    people: int


@dataclass(frozen=True)
class Component:
    """Departures that depend on each other, by id, with their coupling constraints.

    At most `max_changes` guides may be reassigned, any number if None; those in `moved_anyway` are, in every plan of
    these departures.
    """

    staffings: tuple[Staffing, ...]
    capacity_rows: tuple[CapacityRow, ...]
    max_changes: int | None = None
    moved_anyway: frozenset[UUID] = frozenset()

    @cached_property
    def pair_count(self) -> int:
        """The number of eligible pairs, by which the time of a solve is estimated."""
        return sum([len(staffing.forced) + len(staffing.free) for staffing in self.staffings])

    @cached_property
    def cliques(self) -> tuple[Members, ...]:
        """The largest sets of pairs of one guide of which at most one can be chosen.

        Only models need them, and they take longer to find than a greedy plan.
        """
        return tuple(guide_cliques(self.staffings))


def busy_until(departure: Departure) -> int:
    """Return the earliest start of a guide's next departure, in minutes: the turnaround is included."""
    return departure.ends_at + TURNAROUND_MINUTES


def overlap(first: Departure, second: Departure) -> bool:
    """Return whether no guide can go on both departures, turnaround included."""
    return first.starts_at < busy_until(second) and second.starts_at < busy_until(first)


def connected_components(staffings: Sequence[Staffing], locations: Iterable[Location]) -> list[Component]:
    """Return the independent components, those with the fewest pairs first, then by their first departure."""
    capacity_rows = scarce_capacity([staffing.departure for staffing in staffings], locations)
    index_of = {staffing.departure.id: index for index, staffing in enumerate(staffings)}
    indices_of_rows = [[index_of[departure.id] for departure in row.departures] for row in capacity_rows]
    first_of = smallest_connected(range(len(staffings)), (*_coupled_by_guides(staffings), *indices_of_rows))
    groups: defaultdict[int, tuple[list[Staffing], list[CapacityRow]]] = defaultdict(lambda: ([], []))
    for index, staffing in enumerate(staffings):
        groups[first_of[index]][0].append(staffing)
    for row, indices in zip(capacity_rows, indices_of_rows, strict=True):
        groups[first_of[indices[0]]][1].append(row)
    components = [Component(tuple(members), tuple(rows)) for members, rows in groups.values()]
    return sorted(components, key=lambda component: component.pair_count)


def whole_component(
    staffings: Sequence[Staffing], locations: Iterable[Location], *, max_changes: int, moved_anyway: frozenset[UUID]
) -> Component:
    """Return all departures as one component: a limit on reassigned guides couples them."""
    return Component(
        staffings=tuple(staffings),
        capacity_rows=tuple(scarce_capacity([staffing.departure for staffing in staffings], locations)),
        max_changes=max_changes,
        moved_anyway=moved_anyway,
    )


def _coupled_by_guides(staffings: Sequence[Staffing]) -> set[tuple[int, int]]:
    """Return departures that overlap with one before them that a guide could lead as well, enough to connect all."""
    coupled: set[tuple[int, int]] = set()
    latest: dict[UUID, tuple[int, int]] = {}
    for index in _in_order_of_start(staffings):
        departure = staffings[index].departure
        starts_at, ends_at = departure.starts_at, busy_until(departure)
        for pair in staffings[index].pairs:
            before = latest.get(pair.guide_id)
            if before is not None and before[0] > starts_at:
                coupled.add((before[1], index))
                if before[0] >= ends_at:
                    continue
            latest[pair.guide_id] = (ends_at, index)
    return coupled


def guide_cliques(staffings: Sequence[Staffing]) -> Iterator[Members]:
    """Yield for each guide the maximal sets of pairs whose departures overlap pairwise, turnaround included."""
    of_guide: defaultdict[UUID, list[tuple[int, int, EligiblePair]]] = defaultdict(list)
    for index in _in_order_of_start(staffings):
        departure = staffings[index].departure
        starts_at, ends_at = departure.starts_at, busy_until(departure)
        for pair in staffings[index].pairs:
            of_guide[pair.guide_id].append((starts_at, ends_at, pair))
    for guide_id in sorted(of_guide, key=attrgetter("int")):
        if len(of_guide[guide_id]) > 1:
            yield from maximal_cliques(of_guide[guide_id])


def _in_order_of_start(staffings: Sequence[Staffing]) -> list[int]:
    starts = sorted([(staffing.departure.starts_at, index) for index, staffing in enumerate(staffings)])
    return list(map(itemgetter(1), starts))


def maximal_cliques(intervals: Iterable[tuple[int, int, Key]]) -> Iterator[tuple[Key, ...]]:
    """Yield the maximal cliques of two or more half-open intervals, which are given by their start.

    A sweep over the interval graph (Gupta, Lee & Leung 1979): a clique is maximal when the first of its intervals
    ends after another one has begun.
    """
    active: list[tuple[int, int, Key]] = []
    for interval in intervals:
        starts_at = interval[0]
        still_active = [other for other in active if other[1] > starts_at]
        if 1 < len(active) > len(still_active):
            yield tuple([key for _, _, key in active])
        active = [*still_active, interval]
    if len(active) > 1:
        yield tuple([key for _, _, key in active])


def scarce_capacity(departures: Sequence[Departure], locations: Iterable[Location]) -> list[CapacityRow]:
    """Return a row for each moment at which the departures of a location exceed its free capacity."""
    at_location: defaultdict[UUID, list[Departure]] = defaultdict(list)
    for departure in departures:
        if departure.location_id and departure.guests:
            at_location[departure.location_id].append(departure)
    return [
        row
        for location in sorted(locations, key=lambda location: location.id)
        for row in _scarce_capacity_at(location, at_location[location.id])
    ]


def _scarce_capacity_at(location: Location, departures: Sequence[Departure]) -> list[CapacityRow]:
    tightest: dict[tuple[UUID, ...], CapacityRow] = {}
    starts = {departure.starts_at for departure in departures} | {load.starts_at for load in location.loads}
    for moment in sorted(starts):
        present = tuple(departure for departure in departures if departure.starts_at <= moment < departure.ends_at)
        load = sum([load.people for load in location.loads if load.starts_at <= moment < load.ends_at])
        people = max(0, location.capacity - load)
        if sum([departure.guests for departure in present]) > people:
            ids = tuple(departure.id for departure in present)
            if ids not in tightest or people < tightest[ids].people:
                tightest[ids] = CapacityRow(present, people)
    return list(tightest.values())
