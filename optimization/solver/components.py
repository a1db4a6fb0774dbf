"""Components: departures coupled by guides who cannot be in two places, or by the capacity of a location.

Departures that nothing couples are solved independently, which is exact since every objective is a sum over them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
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


@dataclass(frozen=True, slots=True)
class Component:
    """Departures that depend on each other, by id, with their coupling constraints.

    A clique is a set of pairs of one guide of which at most one can be chosen. At most `max_changes` guides may be
    reassigned, any number if None; those in `moved_anyway` are, in every plan of these departures.
    """

    staffings: tuple[Staffing, ...]
    cliques: tuple[Members, ...]
    capacity_rows: tuple[CapacityRow, ...]
    max_changes: int | None = None
    moved_anyway: frozenset[UUID] = frozenset()


def busy_until(departure: Departure) -> int:
    """Return the earliest start of a guide's next departure, in minutes: the turnaround is included."""
    return departure.ends_at + TURNAROUND_MINUTES


def overlap(first: Departure, second: Departure) -> bool:
    """Return whether no guide can go on both departures, turnaround included."""
    return first.starts_at < busy_until(second) and second.starts_at < busy_until(first)


def connected_components(staffings: Sequence[Staffing], locations: Iterable[Location]) -> list[Component]:
    """Return the independent components, those with the fewest pairs first, then by their first departure."""
    cliques = list(guide_cliques(staffings))
    capacity_rows = scarce_capacity([staffing.departure for staffing in staffings], locations)
    index_of = {staffing.departure.id: index for index, staffing in enumerate(staffings)}
    indices_of_rows = [[index_of[departure.id] for departure in row.departures] for row in capacity_rows]
    links = [[index for index, _ in clique] for clique in cliques] + indices_of_rows
    first_of = smallest_connected(range(len(staffings)), links)
    groups: defaultdict[int, tuple[list[Staffing], list[Members], list[CapacityRow]]]
    groups = defaultdict(lambda: ([], [], []))
    for index, staffing in enumerate(staffings):
        groups[first_of[index]][0].append(staffing)
    for clique in cliques:
        groups[first_of[clique[0][0]]][1].append(tuple(pair for _, pair in clique))
    for row, indices in zip(capacity_rows, indices_of_rows, strict=True):
        groups[first_of[indices[0]]][2].append(row)
    components = [Component(tuple(group[0]), tuple(group[1]), tuple(group[2])) for group in groups.values()]
    return sorted(components, key=lambda component: sum([len(staffing.pairs) for staffing in component.staffings]))


def whole_component(
    staffings: Sequence[Staffing], locations: Iterable[Location], *, max_changes: int, moved_anyway: frozenset[UUID]
) -> Component:
    """Return all departures as one component: a limit on reassigned guides couples them."""
    return Component(
        staffings=tuple(staffings),
        cliques=tuple(tuple(pair for _, pair in clique) for clique in guide_cliques(staffings)),
        capacity_rows=tuple(scarce_capacity([staffing.departure for staffing in staffings], locations)),
        max_changes=max_changes,
        moved_anyway=moved_anyway,
    )


def guide_cliques(staffings: Sequence[Staffing]) -> Iterator[tuple[tuple[int, EligiblePair], ...]]:
    """Yield for each guide the maximal sets of departures that overlap pairwise, turnaround included.

    A member is the position of the departure in `staffings` and the guide's pair on it.
    """
    of_guide: defaultdict[UUID, list[tuple[int, int, tuple[int, EligiblePair]]]] = defaultdict(list)
    for index in sorted(range(len(staffings)), key=lambda index: (staffings[index].departure.starts_at, index)):
        departure = staffings[index].departure
        starts_at, ends_at = departure.starts_at, busy_until(departure)
        for pair in staffings[index].pairs:
            of_guide[pair.guide_id].append((starts_at, ends_at, (index, pair)))
    for guide_id in sorted(of_guide, key=attrgetter("int")):
        if len(of_guide[guide_id]) > 1:
            yield from maximal_cliques(of_guide[guide_id])


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
