"""A plan by common sense: hardest departures first, each with its cheapest free team.

It takes milliseconds, breaks no hard rule, and is the floor under the exact solver.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

from optimization.solver.components import Component, busy_until
from optimization.solver.patterns import fewest_guides
from optimization.solver.problem import Departure, EligiblePair
from optimization.solver.solution import Objectives
from optimization.solver.staffing import Staffing, cheapest_team

KEPT_BEFORE_LOSS = 1_000_000

Teams = Mapping[UUID, tuple[EligiblePair, ...]]


def greedy_teams(component: Component) -> dict[UUID, tuple[EligiblePair, ...]]:
    """The better of two passes: scarcest guides first, and most valuable departures first."""
    one_pass = _one_pass if component.max_changes is None else _cautious_pass
    plans = [one_pass(component, order) for order in (_by_scarcity, _by_weight)]
    best = plans[0]
    for plan in plans[1:]:
        if merit(component, plan) < merit(component, best):
            best = plan
    return best


def repaired(component: Component, settled: Teams) -> Teams:
    """What is settled, and greedy's teams for the other departures."""
    return _one_pass(component, _by_scarcity, settled)


def objectives_of(component: Component, teams: Teams) -> Objectives:
    """What a plan attains, in whole numbers."""
    chosen = [pair for members in teams.values() for pair in members]
    return Objectives(
        guests=sum([staffing.departure.weight for staffing in component.staffings if staffing.departure.id in teams]),
        kept=sum([pair.is_kept for pair in chosen]),
        loss=sum([pair.loss for pair in chosen]),
    )


def pinned_held(component: Component, teams: Teams) -> int:
    """How many departures with pinned guides a plan staffs; this comes before every level."""
    return sum([staffing.departure.id in teams for staffing in component.staffings if staffing.departure.pinned_guides])


def moved_guides(component: Component, teams: Teams) -> frozenset[UUID]:
    """The guides whose departures are others than in the current plan."""
    chosen = {id(pair) for members in teams.values() for pair in members}
    pairs = [pair for staffing in component.staffings for pair in staffing.pairs]
    return component.moved_anyway.union([pair.guide_id for pair in pairs if pair.is_kept is not (id(pair) in chosen)])


def over_budget(component: Component, teams: Teams) -> int:
    """How many people more than allowed a plan moves."""
    if component.max_changes is None:
        return 0
    return max(0, len(moved_guides(component, teams)) - component.max_changes)


def merit(component: Component, teams: Teams) -> tuple[int, int, int, int, int]:
    """Plans in order, best first: within the limit of people moved, pins held, then the three objectives."""
    objectives = objectives_of(component, teams)
    held = pinned_held(component, teams)
    return (over_budget(component, teams), -held, -objectives.guests, -objectives.kept, objectives.loss)


def cost_of(pair: EligiblePair) -> int:
    """The order of objectives two and three among the teams of one departure."""
    return pair.loss - KEPT_BEFORE_LOSS * pair.is_kept


def _by_scarcity(staffing: Staffing) -> tuple[bool, float, int, UUID]:
    departure = staffing.departure
    least = fewest_guides([pair.capacity for pair in staffing.free], staffing.need)
    spare = len(staffing.free) / max(1, least)
    return (not departure.pinned_guides, spare, -departure.weight, departure.id)


def _by_weight(staffing: Staffing) -> tuple[bool, int, UUID]:
    departure = staffing.departure
    return (not departure.pinned_guides, -departure.weight, departure.id)


def _one_pass(
    component: Component, order: Callable[[Staffing], tuple[object, ...]], settled: Teams = MappingProxyType({})
) -> dict[UUID, tuple[EligiblePair, ...]]:
    diary = GuideOccupancy(component, settled)
    for staffing in sorted(component.staffings, key=order):
        if staffing.departure.id not in settled:
            diary.settle(staffing, diary.possible_team(staffing))
    return diary.teams


def _cautious_pass(
    component: Component, order: Callable[[Staffing], tuple[object, ...]]
) -> dict[UUID, tuple[EligiblePair, ...]]:
    """What can stay as it is stays; the rest is staffed as far as people may be moved for it."""
    diary = GuideOccupancy(component)
    moved = set(component.moved_anyway)
    left = []
    for staffing in sorted(component.staffings, key=order):
        if staffing.is_served_by(staffing.kept) and diary.can_have(staffing, staffing.kept):
            diary.settle(staffing, staffing.kept)
        else:
            left.append(staffing)
    for staffing in left:
        kept = {pair.guide_id for pair in staffing.kept}
        team = diary.possible_team(staffing)
        changed = kept.symmetric_difference([pair.guide_id for pair in team or ()])
        is_allowed = len(moved | changed) <= max(component.max_changes or 0, len(moved | kept))
        diary.settle(staffing, team if is_allowed else None)
        moved |= changed if is_allowed else kept
    return diary.teams


class GuideOccupancy:
    """Who is taken when, and how much room is left, while teams are settled one after another."""

    def __init__(self, component: Component, settled: Teams = MappingProxyType({})) -> None:
        self.teams: dict[UUID, tuple[EligiblePair, ...]] = {}
        self._taken: defaultdict[UUID, list[Departure]] = defaultdict(list)
        self._pinned: defaultdict[UUID, list[Departure]] = defaultdict(list)
        for staffing in component.staffings:
            for guide_id in sorted(staffing.departure.pinned_guides):
                self._pinned[guide_id].append(staffing.departure)
        self._rooms: defaultdict[UUID, list[int]] = defaultdict(list)
        self._left: list[int] = []
        for room in component.rooms:
            for departure in room.departures:
                self._rooms[departure.id].append(len(self._left))
            self._left.append(room.people)
        for staffing in component.staffings:
            if staffing.departure.id in settled:
                self.settle(staffing, settled[staffing.departure.id])

    def settle(self, staffing: Staffing, team: tuple[EligiblePair, ...] | None) -> None:
        """Book the team; without one the departure lets go of its pinned guides."""
        departure = staffing.departure
        if team is None:
            for guide_id in departure.pinned_guides:
                self._pinned[guide_id].remove(departure)
            return
        self.teams[departure.id] = team
        for pair in team:
            self._taken[pair.guide_id].append(departure)
        for room in self._rooms[departure.id]:
            self._left[room] -= departure.guests

    def possible_team(self, staffing: Staffing) -> tuple[EligiblePair, ...] | None:
        """The cheapest team with what is left; None if there is none."""
        departure = staffing.departure
        if not self.can_have(staffing, staffing.forced):
            return None
        free = [
            pair
            for pair in staffing.free
            if self._is_free(pair.guide_id, departure) and self._is_not_pinned(pair.guide_id, departure)
        ]
        return cheapest_team(staffing, free, cost_of)

    def can_have(self, staffing: Staffing, members: tuple[EligiblePair, ...]) -> bool:
        """Whether there is room for the departure and none of these guides is taken."""
        departure = staffing.departure
        if any(self._left[room] < departure.guests for room in self._rooms[departure.id]):
            return False
        return all(self._is_free(pair.guide_id, departure) for pair in members)

    def _is_free(self, guide_id: UUID, departure: Departure) -> bool:
        taken = self._taken.get(guide_id)
        return not taken or not any(_overlap(departure, other) for other in taken)

    def _is_not_pinned(self, guide_id: UUID, departure: Departure) -> bool:
        pinned = self._pinned.get(guide_id)
        return not pinned or not any(_overlap(departure, other) for other in pinned)


def _overlap(one: Departure, other: Departure) -> bool:
    return one.starts_at < busy_until(other) and other.starts_at < busy_until(one)
