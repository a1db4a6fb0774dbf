"""A plan by common sense: hardest departures first, each with its cheapest free team.

It takes milliseconds, breaks no hard rule, and is the floor under the exact solver.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from optimization.components import Component, Room, busy_until
from optimization.patterns import fewest_guides
from optimization.problem import Departure, Levels, Pair
from optimization.staffing import Staffing, cheapest_team

KEPT_BEFORE_LOSS = 1_000_000

Teams = Mapping[UUID, tuple[Pair, ...]]


def greedy_teams(component: Component) -> dict[UUID, tuple[Pair, ...]]:
    """The better of two passes: scarcest guides first, and most valuable departures first."""
    plans = [_one_pass(component, order) for order in (_by_scarcity, _by_weight)]
    best = plans[0]
    for plan in plans[1:]:
        if merit(component, plan) < merit(component, best):
            best = plan
    return best


def levels_of(component: Component, teams: Teams) -> Levels:
    """What a plan attains, in whole numbers."""
    chosen = [pair for members in teams.values() for pair in members]
    return Levels(
        guests=sum([one.departure.weight for one in component.staffings if one.departure.id in teams]),
        kept=sum([pair.is_kept for pair in chosen]),
        loss=sum([pair.loss for pair in chosen]),
    )


def pinned_held(component: Component, teams: Teams) -> int:
    """How many departures with pinned guides a plan staffs; this comes before every level."""
    return sum([one.departure.id in teams for one in component.staffings if one.departure.pinned_guides])


def merit(component: Component, teams: Teams) -> tuple[int, int, int, int]:
    """Plans in order, best first: pins held, then the three levels."""
    levels = levels_of(component, teams)
    return (-pinned_held(component, teams), -levels.guests, -levels.kept, levels.loss)


def cost_of(pair: Pair) -> int:
    """The order of levels two and three among the teams of one departure."""
    return pair.loss - KEPT_BEFORE_LOSS * pair.is_kept


def _by_scarcity(staffing: Staffing) -> tuple[bool, float, int, UUID]:
    departure = staffing.departure
    least = fewest_guides([pair.capacity for pair in staffing.free], staffing.need)
    spare = len(staffing.free) / max(1, least)
    return (not departure.pinned_guides, spare, -departure.weight, departure.id)


def _by_weight(staffing: Staffing) -> tuple[bool, int, UUID]:
    departure = staffing.departure
    return (not departure.pinned_guides, -departure.weight, departure.id)


def _one_pass(component: Component, order: Callable[[Staffing], tuple[object, ...]]) -> dict[UUID, tuple[Pair, ...]]:
    diary = _Diary(component.staffings, component.rooms)
    teams: dict[UUID, tuple[Pair, ...]] = {}
    for staffing in sorted(component.staffings, key=order):
        team = diary.team_for(staffing)
        if team is not None:
            teams[staffing.departure.id] = team
    return teams


class _Diary:
    """Who is taken when, and how much room is left, while a pass goes on."""

    def __init__(self, staffings: Sequence[Staffing], rooms: Iterable[Room]) -> None:
        self._taken: defaultdict[UUID, list[Departure]] = defaultdict(list)
        self._pinned: defaultdict[UUID, list[Departure]] = defaultdict(list)
        for staffing in staffings:
            for guide_id in sorted(staffing.departure.pinned_guides):
                self._pinned[guide_id].append(staffing.departure)
        self._rooms: defaultdict[UUID, list[int]] = defaultdict(list)
        self._left: list[int] = []
        for room in rooms:
            for departure in room.departures:
                self._rooms[departure.id].append(len(self._left))
            self._left.append(room.people)

    def team_for(self, staffing: Staffing) -> tuple[Pair, ...] | None:
        """The cheapest team still possible, booked; None, and its pins let go, if there is none."""
        team = self._possible_team(staffing)
        if team is None:
            for guide_id in staffing.departure.pinned_guides:
                self._pinned[guide_id].remove(staffing.departure)
            return None
        for pair in team:
            self._taken[pair.guide_id].append(staffing.departure)
        for room in self._rooms[staffing.departure.id]:
            self._left[room] -= staffing.departure.guests
        return team

    def _possible_team(self, staffing: Staffing) -> tuple[Pair, ...] | None:
        departure = staffing.departure
        if any(self._left[room] < departure.guests for room in self._rooms[departure.id]):
            return None
        if not all(self._is_free(pair.guide_id, departure) for pair in staffing.forced):
            return None
        free = [
            pair
            for pair in staffing.free
            if self._is_free(pair.guide_id, departure) and self._is_not_pinned(pair.guide_id, departure)
        ]
        return cheapest_team(staffing, free, cost_of)

    def _is_free(self, guide_id: UUID, departure: Departure) -> bool:
        return not any(_overlap(departure, other) for other in self._taken[guide_id])

    def _is_not_pinned(self, guide_id: UUID, departure: Departure) -> bool:
        return not any(_overlap(departure, other) for other in self._pinned[guide_id])


def _overlap(one: Departure, other: Departure) -> bool:
    return one.starts_at < busy_until(other) and other.starts_at < busy_until(one)
