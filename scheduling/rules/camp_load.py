"""The people at a base camp over time, as a step function: of many departures of a date, each asks for its own part."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from uuid import UUID

from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.facts import Span


@dataclass(frozen=True, slots=True)
class CampLoad:
    """`people[n]` are there from `moments[n]` up to the next moment; before the first and after the last nobody is."""

    moments: tuple[datetime, ...] = ()
    people: tuple[int, ...] = ()

    @classmethod
    def of(cls, departures: Iterable[Departure], location_id: UUID) -> "CampLoad":
        """Return the load of the staffed departures that leave from a location: their participants."""
        return cls().changed_by(departures, (), location_id)

    def changed_by(self, new: Iterable[Departure], gone: Iterable[Departure], location_id: UUID) -> "CampLoad":
        """Return the load with the `new` departures that leave from the location, and without those that are gone."""
        steps: defaultdict[datetime, int] = defaultdict(int)
        for moment, (before, people) in zip(self.moments, pairwise((0, *self.people)), strict=True):
            steps[moment] = people - before
        for sign, departures in ((1, new), (-1, gone)):
            for departure in departures:
                if _is_there(departure, location_id):
                    steps[departure.starts_at.astimezone(UTC)] += sign * departure.participants
                    steps[departure.ends_at.astimezone(UTC)] -= sign * departure.participants
        moments = sorted(steps)
        return CampLoad(tuple(moments), tuple(accumulate(steps[moment] for moment in moments)))

    @property
    def highest(self) -> int:
        """The largest number of people at any time."""
        return max(self.people, default=0)

    def peak(self, within: Span) -> int:
        """Return the largest number of people at one time in `within`."""
        first = max(0, bisect_right(self.moments, within.starts_at) - 1)
        last = bisect_left(self.moments, within.ends_at)
        return max(self.people[first:last], default=0)


@dataclass(frozen=True, slots=True)
class CampLoads:
    """The loads of all base camps: of `departures` and, where there is a `base`, of its own without those `gone`.

    A change of a few departures among thousands counts these alone; each camp is counted when it is first asked for.
    """

    departures: Sequence[Departure] = ()
    gone: Sequence[Departure] = ()
    base: "CampLoads | None" = None
    _counted: dict[UUID, CampLoad] = field(default_factory=dict)

    def of(self, location_id: UUID) -> CampLoad:
        """Return the load of a base camp."""
        load = self._counted.get(location_id)
        if load is None:
            known = self.base.of(location_id) if self.base else CampLoad()
            load = self._counted[location_id] = known.changed_by(self.departures, self.gone, location_id)
        return load


@dataclass(frozen=True, slots=True)
class DateLoads:
    """The loads of the base camps of a date: those of a document, of which each camp's departures alone are read.

    `neighbours` are departures of other dates: one of several days is there on the following dates too.
    """

    document: ScheduleDocument
    neighbours: Sequence[Departure] = ()
    _counted: dict[UUID, CampLoad] = field(default_factory=dict)

    def of(self, location_id: UUID) -> CampLoad:
        """Return the load of a base camp."""
        if location_id not in self._counted:
            own = self.document.departures_from(location_id).values()
            self._counted[location_id] = CampLoad.of((*own, *self.neighbours), location_id)
        return self._counted[location_id]


def _is_there(departure: Departure, location_id: UUID) -> bool:
    is_going = bool(departure.team) and departure.status is not DepartureStatus.CANCELLED
    return is_going and departure.location_id == location_id
