"""What couples departures: guides who cannot be in two places, and locations that hold so many people.

Departures that nothing couples are solved apart, which is exact because every level is a sum over them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from optimization.solver.problem import TURNAROUND_MINUTES, Departure, EligiblePair, Location
from optimization.solver.staffing import Staffing

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """Departures at a location at one moment, of whose guests only `people` have room."""

    departures: tuple[Departure, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Component:
    """Departures that depend on each other, by id, with what couples them.

    A clique is a guide's pairs of which at most one can be chosen. At most `max_changes` people may be moved,
    any number if None; those in `moved_anyway` are, whatever becomes of these departures.
    """

    staffings: tuple[Staffing, ...]
    cliques: tuple[tuple[EligiblePair, ...], ...]
    rooms: tuple[CapacityRow, ...]
    max_changes: int | None = None
    moved_anyway: frozenset[UUID] = frozenset()


def busy_until(departure: Departure) -> int:
    """When a guide of the departure may start the next one."""
    return departure.ends_at + TURNAROUND_MINUTES


def connected_components(staffings: Sequence[Staffing], locations: Iterable[Location]) -> list[Component]:
    """The independent parts of a problem, smallest first, then in order of their first departure."""
    cliques = list(guide_cliques(staffings))
    rooms = scarce_capacity([staffing.departure for staffing in staffings], locations)
    index_of = {staffing.departure.id: index for index, staffing in enumerate(staffings)}
    visits = [[index_of[departure.id] for departure in room.departures] for room in rooms]
    group_of = _join(len(staffings), [[index for index, _ in clique] for clique in cliques] + visits)
    parts: defaultdict[int, tuple[list[Staffing], list[tuple[EligiblePair, ...]], list[CapacityRow]]]
    parts = defaultdict(lambda: ([], [], []))
    for index, staffing in enumerate(staffings):
        parts[group_of[index]][0].append(staffing)
    for clique in cliques:
        parts[group_of[clique[0][0]]][1].append(tuple(pair for _, pair in clique))
    for room, visit in zip(rooms, visits, strict=True):
        parts[group_of[visit[0]]][2].append(room)
    components = [Component(tuple(a), tuple(b), tuple(c)) for a, b, c in parts.values()]
    return sorted(components, key=lambda part: sum([len(staffing.pairs) for staffing in part.staffings]))


def whole_component(
    staffings: Sequence[Staffing], locations: Iterable[Location], *, max_changes: int, moved_anyway: frozenset[UUID]
) -> Component:
    """Everything as one part: a limit on the people who may be moved couples all departures."""
    return Component(
        staffings=tuple(staffings),
        cliques=tuple(tuple(pair for _, pair in clique) for clique in guide_cliques(staffings)),
        rooms=tuple(scarce_capacity([staffing.departure for staffing in staffings], locations)),
        max_changes=max_changes,
        moved_anyway=moved_anyway,
    )


def guide_cliques(staffings: Sequence[Staffing]) -> Iterator[tuple[tuple[int, EligiblePair], ...]]:
    """Each guide's largest sets of departures that all overlap, turnaround included.

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
    """The largest sets of two or more half-open intervals, given by their start, that share a moment.

    One sweep: a set is complete when the first of its intervals ends after another one had begun.
    """
    active: list[tuple[int, int, Key]] = []
    for interval in intervals:
        starts_at = interval[0]
        lasting = [other for other in active if other[1] > starts_at]
        if 1 < len(active) > len(lasting):
            yield tuple([key for _, _, key in active])
        active = [*lasting, interval]
    if len(active) > 1:
        yield tuple([key for _, _, key in active])


def scarce_capacity(departures: Sequence[Departure], locations: Iterable[Location]) -> list[CapacityRow]:
    """The moments at which a location cannot hold everybody who would like to be there."""
    at_location: defaultdict[UUID, list[Departure]] = defaultdict(list)
    for departure in departures:
        if departure.location_id and departure.guests:
            at_location[departure.location_id].append(departure)
    return [
        room
        for location in sorted(locations, key=lambda location: location.id)
        for room in _scarce_capacity_of(location, at_location[location.id])
    ]


def _scarce_capacity_of(location: Location, departures: Sequence[Departure]) -> list[CapacityRow]:
    tightest: dict[tuple[UUID, ...], CapacityRow] = {}
    starts = {departure.starts_at for departure in departures} | {load.starts_at for load in location.loads}
    for moment in sorted(starts):
        here = tuple(departure for departure in departures if departure.starts_at <= moment < departure.ends_at)
        taken = sum([load.people for load in location.loads if load.starts_at <= moment < load.ends_at])
        people = max(0, location.capacity - taken)
        if sum([departure.guests for departure in here]) > people:
            ids = tuple(one.id for one in here)
            if ids not in tightest or people < tightest[ids].people:
                tightest[ids] = CapacityRow(here, people)
    return list(tightest.values())


def _join(count: int, links: Iterable[Sequence[int]]) -> list[int]:
    """For each of `count` nodes the smallest node it is linked with, directly or through others."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for first, *others in links:
        anchor = root(first)
        for other in others:
            anchor, larger = sorted((anchor, root(other)))
            parent[larger] = anchor
    return [root(node) for node in range(count)]
