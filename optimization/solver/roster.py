"""Who is on which departure, while teams change hands: sets of departures are the bits of an integer.

Departures have their position in the component, guides the order in which they first occur.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from uuid import UUID

from optimization.solver.cheapest_team import cheapest_team, pair_cost
from optimization.solver.components import Component, busy_until
from optimization.solver.problem import Departure, EligiblePair
from optimization.solver.staffing import Members, Teams


class Roster:
    """Teams of a component that always obey the hard rules; a change budget is the caller's."""

    def __init__(self, component: Component, teams: Teams) -> None:
        """Start with `teams`."""
        self.staffings = component.staffings
        departures = [staffing.departure for staffing in self.staffings]
        self._clashing = clashing_departures(departures)
        self._number: dict[UUID, int] = {}
        self.guides = [self._numbers(staffing.pairs) for staffing in self.staffings]
        self.forced = [frozenset(self._numbers(staffing.forced)) for staffing in self.staffings]
        self._busy = [0] * len(self._number)
        self._held = [0] * len(self._number)
        for place, guides in enumerate(self.forced):
            for guide in guides:
                self._held[guide] |= 1 << place
        self.teams: list[Members | None] = [None] * len(departures)
        self._rows_of: defaultdict[int, list[int]] = defaultdict(list)
        position = {departure.id: place for place, departure in enumerate(departures)}
        for number, row in enumerate(component.capacity_rows):
            for departure in row.departures:
                self._rows_of[position[departure.id]].append(number)
        self._people = [row.people for row in component.capacity_rows]
        self._alone: list[list[tuple[int, EligiblePair]] | None] = [None] * len(departures)
        for departure_id, members in teams.items():
            self.assign(position[departure_id], members)

    def _numbers(self, pairs: Members) -> list[int]:
        number = self._number
        return [number.setdefault(pair.guide_id, len(number)) for pair in pairs]

    def as_teams(self) -> dict[UUID, Members]:
        """Return the teams by departure."""
        return {
            staffing.departure.id: team
            for staffing, team in zip(self.staffings, self.teams, strict=True)
            if team is not None
        }

    @property
    def guide_count(self) -> int:
        return len(self._busy)

    def led_by(self, guide: int) -> Iterator[int]:
        """Yield the departures that the guide is on."""
        return bits(self._busy[guide])

    def number_of(self, pair: EligiblePair) -> int:
        """Return the number of the pair's guide."""
        return self._number[pair.guide_id]

    def clashes(self, guide: int, place: int) -> int:
        """Return the departures of the guide that overlap with this one, which may be among them."""
        return self._busy[guide] & self._clashing[place]

    def has_room(self, place: int) -> bool:
        """Return whether the location can take the departure, which is unstaffed, in addition."""
        guests = self.staffings[place].departure.guests
        return all(self._people[row] >= guests for row in self._rows_of[place])

    def holds(self, guide: int, places: int) -> bool:
        """Return whether the guide cannot leave one of these departures."""
        return bool(self._held[guide] & places)

    def assign(self, place: int, team: Members) -> None:
        """Give an unstaffed departure a team of guides who are free."""
        self.teams[place] = team
        for pair in team:
            self._busy[self._number[pair.guide_id]] |= 1 << place
        for row in self._rows_of[place]:
            self._people[row] -= self.staffings[place].departure.guests

    def release(self, place: int) -> None:
        """Take the team, if there is one, off the departure."""
        team = self.teams[place]
        if team is None:
            return
        self.teams[place] = None
        for pair in team:
            self._busy[self._number[pair.guide_id]] &= ~(1 << place)
        for row in self._rows_of[place]:
            self._people[row] += self.staffings[place].departure.guests

    def free_team(self, place: int, *, without: int = -1) -> Members | None:
        """Return the cheapest team of guides who are free, or on this departure already; None if there is none."""
        staffing, busy = self.staffings[place], self._busy
        others = self._clashing[place] & ~(1 << place)
        if any(busy[guide] & others or guide == without for guide in self.forced[place]):
            return None
        numbered = zip(self.guides[place][len(staffing.forced) :], staffing.free, strict=True)
        free = [pair for guide, pair in numbered if not busy[guide] & others and guide != without]
        return cheapest_team(staffing, free, pair_cost)

    def team_by(self, place: int, price: Callable[[int, int], int | None]) -> Members | None:
        """Return the team of least total `price`, given a guide and the departures that they would have to leave.

        A guide whose price is None stays away.
        """
        staffing = self.staffings[place]
        prices: dict[int, int] = {}
        for guide, pair in zip(self.guides[place], staffing.pairs, strict=True):
            amount = price(guide, self.clashes(guide, place))
            if amount is not None:
                prices[id(pair)] = amount
        if any(id(pair) not in prices for pair in staffing.forced):
            return None
        free = [pair for pair in staffing.free if id(pair) in prices]
        return cheapest_team(staffing, free, lambda pair: prices[id(pair)])

    def least_missed(self, place: int, price: Sequence[int], first: int) -> EligiblePair | None:
        """Return the guide who leads alone and whose other departures at the time are together of least `price`.

        They are looked at from the one at `first` on. None if nobody leads this departure alone.
        """
        clashing, busy, held = self._clashing[place], self._busy, self._held
        alone = self._leading_alone(place)
        best, least = None, -1
        for guide, pair in (*alone[first % len(alone) :], *alone[: first % len(alone)]) if alone else ():
            clashes = busy[guide] & clashing
            if not clashes:
                return pair
            if clashes & held[guide]:
                continue
            amount = 0
            while clashes:
                lowest = clashes & -clashes
                amount += price[lowest.bit_length() - 1]
                clashes ^= lowest
            if best is None or amount < least:
                best, least = pair, amount
        return best

    def _leading_alone(self, place: int) -> list[tuple[int, EligiblePair]]:
        known = self._alone[place]
        if known is None:
            staffing = self.staffings[place]
            numbered = zip(self.guides[place], staffing.pairs, strict=True)
            known = self._alone[place] = [(guide, pair) for guide, pair in numbered if staffing.is_served_by((pair,))]
        return known


def clashing_departures(departures: Sequence[Departure]) -> list[int]:
    """Return for each departure those that no guide can lead beside it, itself included, turnaround included."""
    by_start = sorted(range(len(departures)), key=lambda place: departures[place].starts_at)
    by_end = sorted(range(len(departures)), key=lambda place: busy_until(departures[place]))
    starts = [departures[place].starts_at for place in by_start]
    ends = [busy_until(departures[place]) for place in by_end]
    begun = [0, *accumulate([1 << place for place in by_start])]
    over = [0, *accumulate([1 << place for place in by_end])]
    return [
        (begun[bisect_left(starts, busy_until(departure))] & ~over[bisect_right(ends, departure.starts_at)])
        | 1 << place
        for place, departure in enumerate(departures)
    ]


def bits(places: int) -> Iterator[int]:
    """Yield the positions of a set of departures."""
    while places:
        lowest = places & -places
        yield lowest.bit_length() - 1
        places ^= lowest
