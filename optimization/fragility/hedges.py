"""Hedges: what would keep single losses from costing guests their departure. Pure."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self, TypeVar
from uuid import UUID

from optimization.fragility.losses import Reroute, Resource, ResourceKind, StandingDay
from optimization.fragility.repair import Repair, members_in
from optimization.solver.components import Component, scarce_capacity
from optimization.solver.greedy import GuideOccupancy
from optimization.solver.problem import DayProblem, EligiblePair
from optimization.solver.staffing import Staffing, Teams, group_by_departure, unstaffable_reason

MOST_OF_A_KIND = 3
# The id of a guide who would have to be found; no real one has it.
NEWCOMER = UUID(int=0)

Key = TypeVar("Key", bound=Hashable)
Removed = Mapping[Resource, frozenset[UUID]]


class HedgeKind(StrEnum):
    """The kinds of hedges, the cheapest first: the first two cost nothing."""

    STANDBY = "STANDBY"
    ALTERNATIVE_TRAIL = "ALTERNATIVE_TRAIL"
    EXTRA_GUIDE = "EXTRA_GUIDE"


@dataclass(frozen=True, slots=True)
class Pool:
    """The departures of one region and activity that a guide with these certifications may lead."""

    region_id: UUID
    activity: str
    certifications: frozenset[str]
    departure_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Hedge:
    """A guide on no team who is held ready or a trail that is there anyway, by `id`, or one more guide of a `pool`.

    `removes` are the losses that cost nobody their departure then, `departure_ids` the departures kept. `capacity` is
    what the guide to be found has to lead, in guests.
    """

    kind: HedgeKind
    removes: frozenset[Resource]
    departure_ids: frozenset[UUID]
    id: UUID | None = None
    pool: Pool | None = None
    capacity: int = 0


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The repair of `problem`, the date without `resource`, which leaves departures without a team."""

    resource: Resource
    problem: DayProblem
    repair: Repair


def find_standbys(shortfalls: Iterable[Shortfall], on_duty: frozenset[UUID]) -> list[Hedge]:
    """Return the guides on no team who remove the most losses when held ready, each beyond what those before remove.

    The repairs are those by the guides `on_duty`. A standby steps in on the departures that they leave, and nobody else
    is moved for it.
    """
    removed: defaultdict[UUID, dict[Resource, frozenset[UUID]]] = defaultdict(dict)
    for shortfall in shortfalls:
        rescue = _Rescue.of(shortfall.problem, shortfall.repair)
        for guide_id in sorted(rescue.guides_for_all() - on_duty):
            if rescue.succeeds(on_duty | {guide_id}):
                removed[guide_id][shortfall.resource] = shortfall.repair.lost
    return [_hedge(HedgeKind.STANDBY, removes, id=guide_id) for guide_id, removes in _greatest(removed)]


def find_extra_guides(shortfalls: Collection[Shortfall], pools: Iterable[Pool]) -> list[Hedge]:
    """Return the pools in which one more guide removes the most losses, each beyond what those before remove.

    The repairs are those by everybody.
    """
    removed: dict[Pool, dict[Resource, frozenset[UUID]]] = {}
    capacities: dict[Pool, int] = {}
    for pool in pools:
        within = [shortfall for shortfall in shortfalls if shortfall.repair.lost <= pool.departure_ids]
        capacity = max((_missing(shortfall) for shortfall in within), default=0)
        removed[pool] = {
            shortfall.resource: shortfall.repair.lost for shortfall in within if _is_saved_by(capacity, shortfall)
        }
        capacities[pool] = capacity
    return [
        _hedge(HedgeKind.EXTRA_GUIDE, removes, pool=pool, capacity=capacities[pool])
        for pool, removes in _greatest(removed)
    ]


def find_alternative_trails(day: StandingDay, repairs: Mapping[Resource, Repair]) -> list[Hedge]:
    """Return the trails that take the most departures of others that fail."""
    removed: defaultdict[UUID, dict[Resource, frozenset[UUID]]] = defaultdict(dict)
    for resource, repair in repairs.items():
        if resource.kind is ResourceKind.TRAIL:
            for trail_id, departure_ids in _by_new_trail(day.reroutes[resource.id]).items():
                if not repair.lost:
                    removed[trail_id][resource] = departure_ids
    return [_hedge(HedgeKind.ALTERNATIVE_TRAIL, removes, id=trail_id) for trail_id, removes in _greatest(removed)]


@dataclass(frozen=True, slots=True)
class _Rescue:
    """The departures without a team, and the others as a repair staffs them, who stay as they are."""

    day: Component
    teams: Teams
    lost: tuple[Staffing, ...]

    @classmethod
    def of(cls, problem: DayProblem, repair: Repair) -> Self:
        staffings = tuple(group_by_departure(problem.departures, problem.pairs))
        rows = scarce_capacity(problem.departures, problem.locations)
        return cls(
            day=Component(staffings, tuple(rows)),
            teams=members_in(staffings, repair),
            lost=tuple(staffing for staffing in staffings if staffing.departure.id in repair.lost),
        )

    def guides_for_all(self) -> frozenset[UUID]:
        """Return the guides who may go on each of the lost departures."""
        able = [frozenset([pair.guide_id for pair in staffing.pairs]) for staffing in self.lost]
        return frozenset.intersection(*able)

    def succeeds(self, guide_ids: Collection[UUID]) -> bool:
        """Return whether those of the guides who are free staff all the lost departures."""
        occupancy = GuideOccupancy(self.day, self.teams)
        for staffing in self.lost:
            able = Staffing.of(staffing.departure, [pair for pair in staffing.pairs if pair.guide_id in guide_ids])
            # A pinned guide who may not lead there on another trail stays in the way of any team.
            team = None if unstaffable_reason(able, {}) else occupancy.cheapest_team(able)
            if team is None:
                return False
            occupancy.assign(able, team)
        return True


def _is_saved_by(capacity: int, shortfall: Shortfall) -> bool:
    """Return whether a guide who leads so many guests would staff all the lost departures."""
    problem = shortfall.problem
    newcomer = [EligiblePair(departure_id, NEWCOMER, capacity, 0) for departure_id in sorted(shortfall.repair.lost)]
    extended = replace(problem, pairs=(*problem.pairs, *newcomer))
    return _Rescue.of(extended, shortfall.repair).succeeds({pair.guide_id for pair in extended.pairs})


def _missing(shortfall: Shortfall) -> int:
    """Return the most guests of a lost departure whom those left of its team do not lead; at least 1."""
    led: defaultdict[UUID, int] = defaultdict(int)
    for pair in shortfall.problem.pairs:
        if pair.is_kept:
            led[pair.departure_id] += pair.capacity
    lost = [departure for departure in shortfall.problem.departures if departure.id in shortfall.repair.lost]
    return max([1, *(departure.guests - led[departure.id] for departure in lost)])


def _by_new_trail(reroutes: Mapping[UUID, Reroute | None]) -> dict[UUID, frozenset[UUID]]:
    departures: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for departure_id, reroute in reroutes.items():
        if reroute and reroute.trail_id:
            departures[reroute.trail_id].add(departure_id)
    return {trail_id: frozenset(departures[trail_id]) for trail_id in sorted(departures)}


def _greatest(removed: Mapping[Key, Removed]) -> Iterator[tuple[Key, Removed]]:
    """Yield what removes most losses, then what removes most of the others, and so on; of equals the first."""
    left: dict[Key, Removed] = dict(removed)
    for _ in range(MOST_OF_A_KIND):
        best = max(left, key=lambda key: len(left[key]), default=None)
        if best is None or not left[best]:
            return
        removes = left.pop(best)
        yield best, removes
        left = {
            key: {resource: ids for resource, ids in others.items() if resource not in removes}
            for key, others in left.items()
        }


def _hedge(
    kind: HedgeKind, removes: Removed, *, id: UUID | None = None, pool: Pool | None = None, capacity: int = 0
) -> Hedge:
    return Hedge(kind, frozenset(removes), frozenset().union(*removes.values()), id, pool, capacity)
