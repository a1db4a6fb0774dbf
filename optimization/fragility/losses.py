"""The loss of one resource of a date: what a plan of the date may no longer use. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from optimization.solver.problem import DayProblem, EligiblePair, Location


class ResourceKind(StrEnum):
    """The kinds of resources whose loss is tried."""

    GUIDE = "GUIDE"
    TRAIL = "TRAIL"
    BASE_CAMP = "BASE_CAMP"


@dataclass(frozen=True, slots=True, order=True)
class Resource:
    """A guide, trail or base camp that departures of a date depend on."""

    kind: ResourceKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Reroute:
    """The trail that a departure would take instead of its own, None if it needs none, and who could lead it there."""

    trail_id: UUID | None
    pairs: tuple[EligiblePair, ...]


@dataclass(frozen=True, slots=True)
class StandingDay:
    """The departures of a date that have a team, with the pairs of that team kept (`EligiblePair.is_kept`).

    The kept pairs are a feasible plan of `problem`. `reroutes` has, by trail and departure on it, where the departure
    would go without the trail, None where no other trail takes it.
    """

    problem: DayProblem
    reroutes: Mapping[UUID, Mapping[UUID, Reroute | None]] = field(default_factory=dict)

    @property
    def teams(self) -> dict[UUID, frozenset[UUID]]:
        """The guides on the team of each departure."""
        teams: dict[UUID, set[UUID]] = {departure.id: set() for departure in self.problem.departures}
        for pair in self.problem.pairs:
            if pair.is_kept:
                teams[pair.departure_id].add(pair.guide_id)
        return {key: frozenset(guides) for key, guides in teams.items()}


def departures_by_resource(day: StandingDay) -> dict[Resource, frozenset[UUID]]:
    """Return the departures that use each resource; others can lose nothing, for the standing plan stays feasible."""
    users: dict[Resource, set[UUID]] = {}
    for resource, departure_id in _uses(day):
        users.setdefault(resource, set()).add(departure_id)
    return {resource: frozenset(users[resource]) for resource in sorted(users)}


def without(day: StandingDay, resource: Resource) -> DayProblem:
    """Return the problem of the date as it would be if the resource failed now.

    A guide who fails is on no team, pinned or not. Departures on a trail that fails go where the planner would send
    them. A base camp that fails takes nobody.
    """
    match resource.kind:
        case ResourceKind.GUIDE:
            return _without_guide(day.problem, resource.id)
        case ResourceKind.TRAIL:
            return _without_trail(day.problem, day.reroutes.get(resource.id, {}))
        case ResourceKind.BASE_CAMP:
            return _without_camp(day.problem, resource.id)


def stranded_by(day: StandingDay, resource: Resource) -> frozenset[UUID]:
    """Return the departures that no guide could lead without the resource, for no other trail takes them."""
    reroutes = day.reroutes.get(resource.id, {}) if resource.kind is ResourceKind.TRAIL else {}
    return frozenset(departure_id for departure_id, reroute in reroutes.items() if reroute is None)


def only_guides(problem: DayProblem, guide_ids: frozenset[UUID]) -> DayProblem:
    """Return the problem with these guides alone."""
    return replace(problem, pairs=tuple([pair for pair in problem.pairs if pair.guide_id in guide_ids]))


def _uses(day: StandingDay) -> Iterator[tuple[Resource, UUID]]:
    for pair in day.problem.pairs:
        if pair.is_kept:
            yield Resource(ResourceKind.GUIDE, pair.guide_id), pair.departure_id
    for trail_id, reroutes in day.reroutes.items():
        for departure_id in reroutes:
            yield Resource(ResourceKind.TRAIL, trail_id), departure_id
    for departure in day.problem.departures:
        if departure.location_id:
            yield Resource(ResourceKind.BASE_CAMP, departure.location_id), departure.id


def _without_guide(problem: DayProblem, guide_id: UUID) -> DayProblem:
    departures = tuple(
        replace(departure, pinned_guides=departure.pinned_guides - {guide_id})
        if guide_id in departure.pinned_guides
        else departure
        for departure in problem.departures
    )
    pairs = tuple([pair for pair in problem.pairs if pair.guide_id != guide_id])
    return replace(problem, departures=departures, pairs=pairs)


def _without_trail(problem: DayProblem, reroutes: Mapping[UUID, Reroute | None]) -> DayProblem:
    rerouted = [pair for reroute in reroutes.values() if reroute for pair in reroute.pairs]
    unchanged = [pair for pair in problem.pairs if pair.departure_id not in reroutes]
    return replace(problem, pairs=(*unchanged, *rerouted))


def _without_camp(problem: DayProblem, location_id: UUID) -> DayProblem:
    others = [location for location in problem.locations if location.id != location_id]
    return replace(problem, locations=(*others, Location(location_id, 0)))
