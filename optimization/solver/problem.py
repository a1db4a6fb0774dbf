"""What the solver is asked and what it answers, as immutable values.

Times are whole minutes in UTC (since any fixed origin), scores and losses are whole thousandths, people are
counted in heads. Everything that can be decided about a guide and a departure alone (certificates, absence,
commitments on other departures, rest) is decided by the caller: only pairs that pass are in a problem.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

LARGEST_TEAM = 3
TURNAROUND_MINUTES = 30
PERFECT_SCORE = 1000


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure to staff with 1 to `largest_team` guides whose capacities add up to `guests`.

    `pinned_guides` and `required_guides` are on the team whenever it is staffed. Pinned ones belong to it
    before anything is optimised; a required one merely has to come along.
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
        """What staffing it is worth; a departure nobody has booked yet counts like one guest."""
        return max(self.guests, 1) * self.priority

    @property
    def forced_guides(self) -> frozenset[UUID]:
        return self.pinned_guides | self.required_guides


@dataclass(frozen=True, slots=True)
class EligiblePair:
    """A guide who may go on a departure. `price` is what fairness charges for it, in the loss's unit."""

    departure_id: UUID
    guide_id: UUID
    capacity: int
    score: int
    is_kept: bool = False
    may_lead: bool = True
    price: int = 0

    @property
    def loss(self) -> int:
        """At least 1, so that a guide who adds nothing is never taken along for free."""
        return 1 + PERFECT_SCORE - self.score + self.price


@dataclass(frozen=True, slots=True)
class Load:
    """People at a location from `starts_at` up to `ends_at`, whatever the plan."""

    starts_at: int
    ends_at: int
    people: int


@dataclass(frozen=True, slots=True)
class Location:
    """A place that holds `capacity` people at a time. `loads` are departures that are not replanned."""

    id: UUID
    capacity: int
    loads: tuple[Load, ...] = ()


@dataclass(frozen=True, slots=True)
class DayProblem:
    """The departures of a day that share guides or locations, and who may go on which.

    A plan moves at most `max_changes` people, any number if None. A person is moved whose departures are
    others than in the current plan: who leaves one, joins one, or changes from one to another. Where the
    rules alone move more people than that, a plan moves as few as it can.

    Raises ValueError for a pair given twice, a pair of an unknown departure, or figures out of range.
    """

    departures: tuple[Departure, ...]
    pairs: tuple[EligiblePair, ...]
    locations: tuple[Location, ...] = ()
    max_changes: int | None = None

    def __post_init__(self) -> None:
        _check(self.departures, self.pairs)
        if self.max_changes is not None and self.max_changes < 0:
            raise ValueError("The number of people who may be moved is negative.")


@dataclass(frozen=True, slots=True)
class RequestOption:
    """A date of a request: the departure that would run on it and who may go."""

    day: date
    departure: Departure
    pairs: tuple[EligiblePair, ...]


@dataclass(frozen=True, slots=True)
class RequestProblem:
    """One trip on several dates, each staffed on its own. Raises ValueError like a day problem."""

    options: tuple[RequestOption, ...]

    def __post_init__(self) -> None:
        pairs = tuple(pair for option in self.options for pair in option.pairs)
        _check(tuple(option.departure for option in self.options), pairs)


def _check(departures: tuple[Departure, ...], pairs: tuple[EligiblePair, ...]) -> None:
    known = {departure.id for departure in departures}
    if len(known) < len(departures):
        raise ValueError("A departure is given twice.")
    if len({(pair.departure_id, pair.guide_id) for pair in pairs}) < len(pairs):
        raise ValueError("A pair of departure and guide is given twice.")
    for departure in departures:
        _check_departure(departure)
    for pair in pairs:
        if pair.departure_id not in known:
            raise ValueError(f"A pair names departure {pair.departure_id}, which is not in the problem.")
        if not 0 <= pair.score <= PERFECT_SCORE or pair.price < 0 or pair.capacity < 0:
            raise ValueError(f"Guide {pair.guide_id}: score, price or capacity is out of range.")


def _check_departure(departure: Departure) -> None:
    if departure.ends_at < departure.starts_at:
        raise ValueError(f"Departure {departure.id} ends before it starts.")
    if departure.guests < 0 or departure.priority < 1:
        raise ValueError(f"Departure {departure.id}: guests or priority is out of range.")
    if not 1 <= departure.largest_team <= LARGEST_TEAM:
        raise ValueError(f"Departure {departure.id}: a team has 1 to {LARGEST_TEAM} guides.")
