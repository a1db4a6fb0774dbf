"""The data of a problem, as immutable values.

Times are whole minutes in UTC since any fixed origin, scores, prices and losses whole thousandths of a perfect
pairing, people are counted in heads. Eligibility of one guide for one departure (certificates, absence, commitments
on other departures, rest) is decided by the caller: a problem contains eligible pairs only.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

# The solver's own value: it imports nothing of `scheduling`, which states the limit in `domain/limits.py`.
LARGEST_TEAM = 3
TURNAROUND_MINUTES = 30
PERFECT_SCORE = 1000


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure to staff with 1 to `largest_team` guides whose capacities add up to `guests`.

    `pinned_guides` and `required_guides` are on the team whenever it is staffed. Departures with pinned guides
    are staffed before any objective counts; a required guide only restricts the team.
    """

    id: UUID
    starts_at: int
    ends_at: int
    guests: int
    priority: int = 1
    largest_team: int = LARGEST_TEAM
    location_id: UUID | None = None
    pinned_guides: frozenset[UUID] = frozenset()
    required_guides: frozenset[UUID] = frozenset()

    @property
    def weight(self) -> int:
        """The coefficient of the first objective: guests times priority; a departure without guests counts as one."""
        return max(self.guests, 1) * self.priority

    @property
    def forced_guides(self) -> frozenset[UUID]:
        """The pinned and the required guides."""
        return self.pinned_guides | self.required_guides


class EligiblePair(NamedTuple):
    """A guide who is eligible for a departure. A tuple: a large day has a hundred thousand of them.

    `capacity` is in guests, `score` 0 to 1000; `price` is the charge for fairness, in the unit of the loss.
    `is_kept`: the pair is part of the current plan.
    """

    departure_id: UUID
    guide_id: UUID
    capacity: int
    score: int
    is_kept: bool = False
    may_lead: bool = True
    price: int = 0

    @property
    def loss(self) -> int:
        """The coefficient of the third objective; at least 1, so that no superfluous guide is free."""
        return 1 + PERFECT_SCORE - self.score + self.price


@dataclass(frozen=True, slots=True)
class Load:
    """People at a location from `starts_at` up to, not including, `ends_at`, independent of the plan."""

    starts_at: int
    ends_at: int
    people: int


@dataclass(frozen=True, slots=True)
class Location:
    """A place for at most `capacity` people at a time. `loads` come from departures that are not replanned."""

    id: UUID
    capacity: int
    loads: tuple[Load, ...] = ()


@dataclass(frozen=True, slots=True)
class DayProblem:
    """The departures of a day and the guides eligible for each.

    A plan reassigns at most `max_changes` guides, any number if None. A guide is reassigned (`moved`) whose
    departures differ from the current plan's: one who leaves a departure, joins one, or changes from one to
    another. Where the hard rules alone reassign more guides than that, a plan reassigns as few as possible.

    Raises ValueError for a duplicate pair, a pair of an unknown departure, or figures out of range.
    """

    departures: tuple[Departure, ...]
    pairs: tuple[EligiblePair, ...]
    locations: tuple[Location, ...] = ()
    max_changes: int | None = None

    def __post_init__(self) -> None:
        _check(self.departures, self.pairs)
        if self.max_changes is not None and self.max_changes < 0:
            raise ValueError("max_changes, the number of guides who may be reassigned, is negative.")


@dataclass(frozen=True, slots=True)
class RequestOption:
    """A date of a request: the departure that would run on it, and its eligible pairs."""

    day: date
    departure: Departure
    pairs: tuple[EligiblePair, ...]


@dataclass(frozen=True, slots=True)
class RequestProblem:
    """One trip on several alternative dates, each staffed independently. Raises ValueError like DayProblem."""

    options: tuple[RequestOption, ...]

    def __post_init__(self) -> None:
        pairs = tuple(pair for option in self.options for pair in option.pairs)
        _check(tuple(option.departure for option in self.options), pairs)


def _check(departures: tuple[Departure, ...], pairs: tuple[EligiblePair, ...]) -> None:
    departure_ids = {departure.id for departure in departures}
    if len(departure_ids) < len(departures):
        raise ValueError("A departure occurs twice.")
    # By numbers: the hash of a UUID is computed in Python each time. Pairs of a departure mostly follow each other.
    guides: defaultdict[int, list[int]] = defaultdict(list)
    for departure_id, of_departure in groupby(pairs, attrgetter("departure_id")):
        guides[departure_id.int] += map(attrgetter("guide_id.int"), of_departure)
    if any(len(set(numbers)) < len(numbers) for numbers in guides.values()):
        raise ValueError("A pair of departure and guide occurs twice.")
    for departure in departures:
        _check_departure(departure)
    unknown = guides.keys() - {departure.id.int for departure in departures}
    if unknown:
        raise ValueError(f"A pair names departure {UUID(int=min(unknown))}, which is not in the problem.")
    for pair in pairs:
        if not 0 <= pair.score <= PERFECT_SCORE or pair.price < 0 or pair.capacity < 0:
            raise ValueError(f"Guide {pair.guide_id}: score, price or capacity is out of range.")


def _check_departure(departure: Departure) -> None:
    if departure.ends_at < departure.starts_at:
        raise ValueError(f"Departure {departure.id} ends before it starts.")
    if departure.guests < 0 or departure.priority < 1:
        raise ValueError(f"Departure {departure.id}: guests or priority is out of range.")
    if not 1 <= departure.largest_team <= LARGEST_TEAM:
        raise ValueError(f"Departure {departure.id}: a team has 1 to {LARGEST_TEAM} guides.")
