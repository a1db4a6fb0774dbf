"""Ejection chains: an unstaffed departure takes a guide whose own departure is handed on to somebody else.

First the shortest chain that leaves nobody out is looked for, breadth first (an augmenting path, Berge 1957). Where
that is not enough, departures are staffed in order of their start, as intervals are coloured, and what remains ejects
others, which eject others in turn (a weighted walk, Selman & Kautz 1993), in a fixed pseudo-random order.
"""

import random
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from optimization.solver.components import Component, busy_until
from optimization.solver.greedy import budget_excess, lexicographic_key
from optimization.solver.roster import Roster, bits
from optimization.solver.staffing import Members, Staffing, Teams

# Measured on dense days: a walk that has not staffed all by then is better begun anew.
_MOST_EJECTIONS: Final = 30_000
_EJECTIONS_A_DEPARTURE: Final = 250
_MOST_WALKS: Final = 24
_DEPARTURES_A_WALK: Final = 4
_EJECTIONS_BETWEEN_LOOKS_AT_THE_CLOCK: Final = 64
_LONGEST_BREAK: Final = 1_000
# Just ejected for another: to be left alone for a moment.
_TOO_FRESH: Final = 10**6
_BEFORE_ANY_GUESTS: Final = 10**9


def staff_by_chains(component: Component, teams: Teams, *, deadline: float) -> Teams:
    """Return a plan that is at least as good as `teams`, and staffs more departures if ejection chains find a way.

    It ends at `deadline`, in seconds of the monotonic clock.
    """
    if len(teams) == len(component.staffings):
        return teams
    plans = [teams, _with_chains(component, teams, deadline)]
    if component.max_changes is None:
        for number in range(min(_MOST_WALKS, 1 + len(component.staffings) // _DEPARTURES_A_WALK)):
            if len(plans[-1]) == len(component.staffings) or time.monotonic() >= deadline:
                break
            plans.append(_Walk(component, number, deadline).run())
    return min(plans, key=lambda plan: lexicographic_key(component, plan))


def _with_chains(component: Component, teams: Teams, deadline: float) -> Teams:
    """Return the teams with every departure staffed for which there is a chain, those with most guests first."""
    roster = Roster(component, teams)
    for place in sorted(range(len(roster.staffings)), key=lambda place: (-_weight(roster.staffings[place]), place)):
        if roster.teams[place] is None and time.monotonic() < deadline:
            before = roster.as_teams()
            is_staffed = staff_by_shortest_chain(roster, place, deadline)
            if is_staffed and budget_excess(component, roster.as_teams()) > budget_excess(component, before):
                roster = Roster(component, before)
    return roster.as_teams()


def staff_by_shortest_chain(roster: Roster, root: int, deadline: float) -> bool:
    """Staff the departure, and every other one that loses a guide by it; return whether that was possible."""
    if not roster.has_room(root):
        return False
    came_from: dict[int, tuple[int, int]] = {root: (-1, -1)}
    queue = deque([root])
    while queue and time.monotonic() < deadline:
        place = queue.popleft()
        if roster.free_team(place, without=came_from[place][1]) is not None:
            if _hand_on(roster, place, came_from):
                return True
            continue
        for guide, other in _handed_on(roster, place):
            if other not in came_from:
                came_from[other] = (place, guide)
                queue.append(other)
    return False


def _handed_on(roster: Roster, place: int) -> Iterator[tuple[int, int]]:
    """Yield the guides of the departure who are on a single other one at the time, and may leave it, with that one."""
    for guide in roster.guides[place]:
        clashes = roster.clashes(guide, place) & ~(1 << place)
        if clashes and not clashes & (clashes - 1) and not roster.holds(guide, clashes):
            yield guide, clashes.bit_length() - 1


def _hand_on(roster: Roster, last: int, came_from: dict[int, tuple[int, int]]) -> bool:
    """Staff the departures of the chain from its end; undo all if one of them cannot be after all."""
    undo: list[tuple[int, Members | None]] = []
    place = last
    while place >= 0:
        before, without = came_from[place]
        team = roster.free_team(place, without=without)
        if team is None:
            for changed, _ in undo:
                roster.release(changed)
            for changed, old in undo:
                if old is not None:
                    roster.assign(changed, old)
            return False
        undo.append((place, roster.teams[place]))
        roster.release(place)
        roster.assign(place, team)
        place = before
    return True


def _weight(staffing: Staffing) -> int:
    return staffing.departure.weight + _BEFORE_ANY_GUESTS * bool(staffing.departure.pinned_guides)


class _Walk:
    """A plan in order of start, and then ejections until everybody is staffed, or for long enough."""

    def __init__(self, component: Component, number: int, deadline: float) -> None:
        self._component = component
        self._roster = Roster(component, {})
        self._deadline = deadline
        self._dice = random.Random(number)  # noqa: S311 (nothing is secret about it)
        self._rest = 1 + number % 2
        self._weights = [_weight(staffing) for staffing in component.staffings]

    def run(self) -> dict[UUID, Members]:
        """Return the best plan on the way, by guests."""
        roster, weights = self._roster, self._weights
        waiting = self._staff_in_order_of_start()
        best, least = roster.as_teams(), sum([weights[place] for place in waiting])
        lost = least
        price = [1] * len(weights)
        resting: deque[int] = deque()
        for step in range(min(_MOST_EJECTIONS, _EJECTIONS_A_DEPARTURE * len(weights))):
            if not waiting or (step % _EJECTIONS_BETWEEN_LOOKS_AT_THE_CLOCK == 0 and self._is_over()):
                break
            position = self._dice.randrange(len(waiting))
            place, waiting[position] = waiting[position], waiting[-1]
            waiting.pop()
            ejected = self._eject_for(place, price)
            if ejected is None:
                waiting.append(place)
                continue
            lost += sum([weights[other] for other in ejected]) - weights[place]
            waiting += ejected
            price[place] += bool(ejected) + _TOO_FRESH
            resting.append(place)
            if len(resting) > self._rest:
                price[resting.popleft()] -= _TOO_FRESH
            if lost < least:
                best, least = roster.as_teams(), lost
        return best

    def _is_over(self) -> bool:
        return time.monotonic() >= self._deadline

    def _staff_in_order_of_start(self) -> list[int]:
        """Staff the departures one after the other, pinned ones first; return those that cannot be."""
        roster = self._roster
        chances = Counter(guide for guides in roster.guides for guide in guides)
        left = []
        for place in sorted(range(len(roster.staffings)), key=self._start_of):
            if not self._is_over() and self._staff_by_whom_others_miss_least(place, chances):
                continue
            if self._is_over() or not staff_by_shortest_chain(roster, place, self._deadline):
                left.append(place)
        return left

    def _start_of(self, place: int) -> tuple[bool, int, int, int]:
        departure = self._roster.staffings[place].departure
        return (not departure.pinned_guides, departure.starts_at, -departure.ends_at, place)

    def _staff_by_whom_others_miss_least(self, place: int, chances: Mapping[int, int]) -> bool:
        """Give the departure free guides who can do little else, and of these who have just come home."""
        roster = self._roster
        starts_at = roster.staffings[place].departure.starts_at

        def price(guide: int, clashes: int) -> int | None:
            if clashes:
                return None
            ends = [busy_until(roster.staffings[other].departure) for other in roster.led_by(guide)]
            wait = max(0, starts_at - max(ends, default=0))
            return chances[guide] * _LONGEST_BREAK + min(wait, _LONGEST_BREAK - 1)

        team = roster.team_by(place, price) if roster.has_room(place) else None
        if team is not None:
            roster.assign(place, team)
        return team is not None

    def _eject_for(self, place: int, price: list[int]) -> list[int] | None:
        """Staff the departure; return those that have lost a guide by it, None if it cannot be staffed at all."""
        roster = self._roster
        if not roster.has_room(place):
            return None
        leader = roster.least_missed(place, price, self._dice.randrange(len(price)))
        team: Members | None = (leader,) if leader else None
        if team is None:
            team = roster.team_by(
                place,
                lambda guide, clashes: (
                    None if roster.holds(guide, clashes) else sum([price[other] for other in bits(clashes)])
                ),
            )
        if team is None:
            return None
        ejected = []
        for pair in team:
            for other in list(bits(roster.clashes(roster.number_of(pair), place))):
                roster.release(other)
                ejected.append(other)
        roster.assign(place, team)
        return ejected
