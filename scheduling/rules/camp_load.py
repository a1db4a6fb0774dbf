"""The people at a base camp over time, as a step function: of many departures of a date, each asks for its own part."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from uuid import UUID

from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.facts import Span


@dataclass(frozen=True, slots=True)
class CampLoad:
    """`people[n]` are there from `moments[n]` up to the next moment; before the first and after the last nobody is."""

    moments: tuple[datetime, ...] = ()
    people: tuple[int, ...] = ()

    @classmethod
    def of(cls, departures: Iterable[Departure], location_id: UUID) -> "CampLoad":
        """Return the load of the staffed departures that leave from a location: their participants."""
        steps: defaultdict[datetime, int] = defaultdict(int)
        for departure in departures:
            if _is_there(departure, location_id):
                steps[departure.starts_at.astimezone(UTC)] += departure.participants
                steps[departure.ends_at.astimezone(UTC)] -= departure.participants
        moments = sorted(steps)
        return cls(tuple(moments), tuple(accumulate(steps[moment] for moment in moments)))

    @property
    def highest(self) -> int:
        """The largest number of people at any time."""
        return max(self.people, default=0)

    def peak(self, within: Span) -> int:
        """Return the largest number of people at one time in `within`."""
        first = max(0, bisect_right(self.moments, within.starts_at) - 1)
        last = bisect_left(self.moments, within.ends_at)
        return max(self.people[first:last], default=0)


def _is_there(departure: Departure, location_id: UUID) -> bool:
    is_going = bool(departure.team) and departure.status is not DepartureStatus.CANCELLED
    return is_going and departure.location_id == location_id
