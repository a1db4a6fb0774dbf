"""A trip on some dates, and the departures that could serve it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scheduling.domain.document import Departure
from scheduling.domain.facts import Trail, TrailCondition, Trip, WeatherOutlook
from scheduling.requests.submission import Constraints
from scheduling.rules import Exclusion

NO_CONSTRAINTS = Constraints()


@dataclass(frozen=True, slots=True)
class TripQuery:
    """One trip on some dates. `preferred_guides` come before others; empty: no guide is preferred."""

    trip_id: UUID
    days: tuple[date, ...]
    constraints: Constraints = NO_CONSTRAINTS
    preferred_guides: frozenset[UUID] = frozenset()

    def group(self, trip: Trip) -> int:
        """Return the number of guests that a departure must have room for."""
        return self.constraints.min_group_size or trip.min_participants

    def passes_over(self, guide_id: UUID) -> bool:
        """Return True where the query prefers guides, and this is none of them."""
        return bool(self.preferred_guides) and guide_id not in self.preferred_guides


@dataclass(frozen=True, slots=True)
class DateOption:
    """A departure that could serve the query on a date, with what is known about that date.

    `is_new` where it does not exist yet, `group` the guests that would join, none where only guides are asked for.
    `obstacle` is the rule that excludes the option whatever its team, None where it is feasible.
    """

    day: date
    departure_id: UUID
    departure: Departure
    is_new: bool
    group: int
    trail: Trail | None
    condition: TrailCondition | None
    outlook: WeatherOutlook | None
    obstacle: Exclusion | None = None

    @property
    def guests(self) -> int:
        """The guests that a team has to cover: those booked, and the group."""
        return self.departure.participants + self.group

    @property
    def headroom(self) -> float:
        """The share of the capacity that is free once the group has joined."""
        return max(0, self.departure.capacity - self.guests) / max(1, self.departure.capacity)
