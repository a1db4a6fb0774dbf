"""A greedy heuristic: departures in a fixed order, each with its cheapest team of free guides.

It takes milliseconds, violates no hard rule, and is the lower limit of the exact solver's quality.
"""

import math
import time
from collections import defaultdict
from collections.abc import Callable
from types import MappingProxyType
from uuid import UUID

from optimization.solver.cheapest_team import cheapest_team, pair_cost
from optimization.solver.components import Component, overlap
from optimization.solver.patterns import fewest_guides
from optimization.solver.problem import Departure
from optimization.solver.solution import Objectives
from optimization.solver.staffing import Members, Staffing, Teams

_NO_TEAMS: Teams = MappingProxyType({})


def greedy_teams(component: Component, *, deadline: float = math.inf) -> dict[UUID, Members]:
    """Return the better of two passes: scarcest guides first, and most valuable departures first.

    The second one is left out after `deadline`, in seconds of the monotonic clock.
    """
    one_pass = _pass if component.max_changes is None else _pass_within_budget
    first = one_pass(component, _by_scarcity)
    if time.monotonic() >= deadline:
        return first
    return min((first, one_pass(component, _by_weight)), key=lambda plan: lexicographic_key(component, plan))


def complete_greedily(component: Component, fixed: Teams) -> Teams:
    """Return the `fixed` teams, and greedy ones for the other departures."""
    return _pass(component, _by_scarcity, fixed)


def objectives_of(component: Component, teams: Teams) -> Objectives:
    """Return the objectives of a plan of the component."""
    chosen = [pair for members in teams.values() for pair in members]
    return Objectives(
        guests=sum([staffing.departure.weight for staffing in component.staffings if staffing.departure.id in teams]),
        kept=sum([pair.is_kept for pair in chosen]),
        loss=sum([pair.loss for pair in chosen]),
    )


def staffed_pinned(component: Component, teams: Teams) -> int:
    """Return the number of staffed departures with pinned guides, which precedes every objective."""
    return sum([staffing.departure.id in teams for staffing in component.staffings if staffing.departure.pinned_guides])


def moved_guides(component: Component, teams: Teams) -> frozenset[UUID]:
    """Return the reassigned guides: those whose departures differ from the current plan's."""
    chosen = {id(pair) for members in teams.values() for pair in members}
    pairs = [pair for staffing in component.staffings for pair in staffing.pairs]
    return component.moved_anyway.union([pair.guide_id for pair in pairs if pair.is_kept is not (id(pair) in chosen)])


def budget_excess(component: Component, teams: Teams) -> int:
    """Return how many guides more than `max_changes` a plan reassigns; 0 without a limit."""
    if component.max_changes is None:
        return 0
    return max(0, len(moved_guides(component, teams)) - component.max_changes)


def lexicographic_key(component: Component, teams: Teams) -> tuple[int, int, int, int, int]:
    """Return the sort key of a plan, best first: change budget, pinned departures, then the three objectives."""
    objectives = objectives_of(component, teams)
    pinned = staffed_pinned(component, teams)
    return (budget_excess(component, teams), -pinned, -objectives.guests, -objectives.kept, objectives.loss)


def _by_scarcity(staffing: Staffing) -> tuple[bool, float, int, UUID]:
    departure = staffing.departure
    least = fewest_guides([pair.capacity for pair in staffing.free], staffing.need)
    candidates_per_place = len(staffing.free) / max(1, least)
    return (not departure.pinned_guides, candidates_per_place, -departure.weight, departure.id)


def _by_weight(staffing: Staffing) -> tuple[bool, int, UUID]:
    departure = staffing.departure
    return (not departure.pinned_guides, -departure.weight, departure.id)


def _pass(
    component: Component, order: Callable[[Staffing], tuple[object, ...]], fixed: Teams = _NO_TEAMS
) -> dict[UUID, Members]:
    occupancy = GuideOccupancy(component, fixed)
    for staffing in sorted(component.staffings, key=order):
        if staffing.departure.id not in fixed:
            occupancy.assign(staffing, occupancy.cheapest_team(staffing))
    return occupancy.teams


def _pass_within_budget(component: Component, order: Callable[[Staffing], tuple[object, ...]]) -> dict[UUID, Members]:
    """Keep the current teams that are feasible; staff the other departures while the change budget lasts."""
    occupancy = GuideOccupancy(component)
    moved = set(component.moved_anyway)
    remaining = []
    for staffing in sorted(component.staffings, key=order):
        if staffing.is_served_by(staffing.kept) and occupancy.allows(staffing, staffing.kept):
            occupancy.assign(staffing, staffing.kept)
        else:
            remaining.append(staffing)
    for staffing in remaining:
        kept = {pair.guide_id for pair in staffing.kept}
        team = occupancy.cheapest_team(staffing)
        changed = kept.symmetric_difference([pair.guide_id for pair in team or ()])
        is_allowed = len(moved | changed) <= max(component.max_changes or 0, len(moved | kept))
        occupancy.assign(staffing, team if is_allowed else None)
        moved |= changed if is_allowed else kept
    return occupancy.teams


class GuideOccupancy:
    """The departures of each guide and the remaining capacity of locations, while teams are assigned in turn."""

    def __init__(self, component: Component, fixed: Teams = _NO_TEAMS) -> None:
        self.teams: dict[UUID, Members] = {}
        self._assigned: defaultdict[UUID, list[Departure]] = defaultdict(list)
        self._pinned: defaultdict[UUID, list[Departure]] = defaultdict(list)
        for staffing in component.staffings:
            for guide_id in sorted(staffing.departure.pinned_guides):
                self._pinned[guide_id].append(staffing.departure)
        self._rows_of: defaultdict[UUID, list[int]] = defaultdict(list)
        self._remaining_people: list[int] = []
        for row in component.capacity_rows:
            for departure in row.departures:
                self._rows_of[departure.id].append(len(self._remaining_people))
            self._remaining_people.append(row.people)
        for staffing in component.staffings:
            if staffing.departure.id in fixed:
                self.assign(staffing, fixed[staffing.departure.id])

    def assign(self, staffing: Staffing, team: Members | None) -> None:
        """Assign the team; without one the departure releases its pinned guides."""
        departure = staffing.departure
        if team is None:
            for guide_id in departure.pinned_guides:
                self._pinned[guide_id].remove(departure)
            return
        self.teams[departure.id] = team
        for pair in team:
            self._assigned[pair.guide_id].append(departure)
        for row in self._rows_of[departure.id]:
            self._remaining_people[row] -= departure.guests

    def cheapest_team(self, staffing: Staffing, *, taking: UUID | None = None) -> Members | None:
        """Return the cheapest team of guides who are free and pinned nowhere else; None if there is none.

        The guide `taking` counts as free, wherever they are.
        """
        departure = staffing.departure
        if not self.allows(staffing, staffing.forced):
            return None
        free = [
            pair
            for pair in staffing.free
            if pair.guide_id == taking
            or (self._is_free(pair.guide_id, departure) and self._is_not_pinned(pair.guide_id, departure))
        ]
        return cheapest_team(staffing, free, pair_cost)

    def clashing(self, guide_id: UUID, departure: Departure) -> list[Departure]:
        """Return the departures that the guide is on or pinned to and that overlap with this one."""
        busy = (*self._assigned.get(guide_id, ()), *self._pinned.get(guide_id, ()))
        return [other for other in dict.fromkeys(busy) if overlap(departure, other)]

    def allows(self, staffing: Staffing, members: Members) -> bool:
        """Return whether the location has capacity for the departure and all these guides are free."""
        departure = staffing.departure
        if any(self._remaining_people[row] < departure.guests for row in self._rows_of[departure.id]):
            return False
        return all(self._is_free(pair.guide_id, departure) for pair in members)

    def _is_free(self, guide_id: UUID, departure: Departure) -> bool:
        assigned = self._assigned.get(guide_id)
        return not assigned or not any(overlap(departure, other) for other in assigned)

    def _is_not_pinned(self, guide_id: UUID, departure: Departure) -> bool:
        pinned = self._pinned.get(guide_id)
        return not pinned or not any(overlap(departure, other) for other in pinned)
