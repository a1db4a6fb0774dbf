"""The cheapest team of one departure, exact and without a solver.

A guide is of no use beside enough others who cost no more and can do as much: a team that has him can have one of
them in his place. What remains (a skyline, Börzsönyi et al. 2001) are a handful of guides, whose teams are enumerated.
"""

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from optimization.solver.problem import EligiblePair
from optimization.solver.staffing import Members, Staffing

KEPT_BEFORE_LOSS = 10**12

Cost = Callable[[EligiblePair], int]


class _Option(NamedTuple):
    """A guide who may complete the team. `leads`: a team with them has a lead."""

    cost: int
    capacity: int
    leads: bool
    pair: EligiblePair


def pair_cost(pair: EligiblePair) -> int:
    """Return the second and third objective as one cost: exact among the teams of one departure."""
    return pair.loss - KEPT_BEFORE_LOSS * pair.is_kept


def cheapest_team(staffing: Staffing, free: Sequence[EligiblePair], cost: Cost) -> Members | None:
    """Return the team of least total `cost` formed by the forced pairs and some of `free`, which are by id.

    Ties go to the smaller team, then to the smaller ids. None if there is no team.
    """
    best = _Enumeration(staffing, _useful(staffing, free, cost)).run()
    return None if best.members is None else (*staffing.forced, *[option.pair for option in best.members])


@dataclass(frozen=True, slots=True)
class CheapestTeam:
    """The best team of a departure by the second and third objective. `is_only`: every other team is worse."""

    members: Members
    cost: int
    is_only: bool


def best_team(staffing: Staffing) -> CheapestTeam | None:
    """Return the best team of a departure as if it did not compete; None if there is none."""
    best = _Enumeration(staffing, _useful(staffing, staffing.free, pair_cost)).run()
    if best.members is None:
        return None
    members = (*staffing.forced, *[option.pair for option in best.members])
    is_only = not (best.is_tied or _has_substitute(staffing, best.members))
    return CheapestTeam(members, sum([pair_cost(pair) for pair in members]), is_only)


def _useful(staffing: Staffing, free: Sequence[EligiblePair], cost: Cost) -> list[_Option]:
    """Return the guides of some cheapest team, by cost, ties by id: those who have too few better ones before them."""
    places, guests, needs_lead = staffing.need.places, staffing.need.guests, staffing.need.needs_lead
    if not places:
        return []
    options: list[_Option] = []
    largest: list[int] = []
    largest_of_leads: list[int] = []
    for amount, _, pair in sorted([(cost(pair), place, pair) for place, pair in enumerate(free)]):
        capacity = min(pair.capacity, guests)
        better = largest_of_leads if needs_lead and pair.may_lead else largest
        if len(better) == places and better[0] >= capacity:
            continue
        options.append(_Option(amount, capacity, pair.may_lead or not needs_lead, pair))
        _keep_largest(largest, capacity, places)
        if pair.may_lead:
            _keep_largest(largest_of_leads, capacity, places)
    return options


def _keep_largest(largest: list[int], capacity: int, count: int) -> None:
    insort(largest, capacity)
    if len(largest) > count:
        del largest[0]


class _Enumeration:
    """All teams of some options, by size and then in their order; those that cannot be cheapest are not looked at."""

    def __init__(self, staffing: Staffing, options: Sequence[_Option]) -> None:
        self.members: tuple[_Option, ...] | None = None
        self.is_tied = False
        self._need = staffing.need
        self._options = options
        self._largest = max([option.capacity for option in options], default=0)
        self._cost = 0

    def run(self) -> "_Enumeration":
        """Find the first of the cheapest teams, and whether another one costs as little."""
        for size in range(self._need.smallest, self._need.places + 1):
            self._extend((), 0, size, self._need.guests, 0, not self._need.needs_lead)
        return self

    def _extend(
        self, members: tuple[_Option, ...], start: int, missing: int, guests: int, spent: int, has_lead: bool
    ) -> None:
        if not missing:
            if guests <= 0 and has_lead:
                self._offer(members, spent)
            return
        if guests > missing * self._largest:
            return
        options = self._options
        for index in range(start, len(options) - missing + 1):
            option = options[index]
            # The options are by cost: none of the following is cheaper.
            if self.members is not None and spent + missing * option.cost > self._cost:
                return
            self._extend(
                (*members, option),
                index + 1,
                missing - 1,
                guests - option.capacity,
                spent + option.cost,
                has_lead or option.leads,
            )

    def _offer(self, members: tuple[_Option, ...], cost: int) -> None:
        if self.members is None or cost < self._cost:
            self.members, self._cost, self.is_tied = members, cost, False
        elif cost == self._cost:
            self.is_tied = True


def _has_substitute(staffing: Staffing, members: Sequence[_Option]) -> bool:
    """Return whether another guide could take a member's place at the same cost."""
    chosen = {id(option.pair) for option in members}
    spare = sum([option.capacity for option in members]) - staffing.need.guests
    for option in members:
        least = option.capacity - spare
        has_lead = not staffing.need.needs_lead or any(other.leads for other in members if other is not option)
        for pair in staffing.free:
            if (
                id(pair) not in chosen
                and pair_cost(pair) == option.cost
                and staffing.capacity_of(pair) >= least
                and (has_lead or pair.may_lead)
            ):
                return True
    return False
