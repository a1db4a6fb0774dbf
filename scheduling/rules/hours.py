"""The hours to which a machine may move a departure: those of its trip, by daylight and while its base camp is open.

Guides have no hours of work besides the absences that they enter. Every activity that is sold takes place outdoors
(docs/decisions/0016-hours-of-a-trip.md).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.domain.daylight import daylight_on
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Coordinates, Location, OpeningHours, Snapshot, Span, local_dates
from scheduling.domain.limits import ONE_DAY
from scheduling.domain.local_time import combine, local_day, move_span
from scheduling.rules.inputs import Facts


@dataclass(frozen=True, slots=True)
class TripHours:
    """The hours of a departure's trip, in the zone of its region.

    `starts` are the local times, HH:MM, at which the trip starts, with how often it does. `coordinates` None: where it
    takes place is unknown, and nothing is said of daylight; `camp` None: it leaves from no base camp that is known.
    """

    present: Departure
    zone: ZoneInfo
    starts: Mapping[str, int]
    coordinates: Coordinates | None = None
    camp: Location | None = None

    @classmethod
    def of(cls, departure: Departure, facts: Facts, listed: Mapping[str, int]) -> "TripHours | None":
        """Return the hours of the departure's trip; None where the time zone of its region is unknown.

        They are those of its past departures and those `listed` (`listed_starts`); where there are none of either, its
        own.
        """
        snapshot = facts.snapshot
        region, camp = snapshot.regions.get(departure.region_id), snapshot.locations.get(departure.region_id)
        if region is None:
            return None
        own_camp = camp if camp and camp.id == departure.location_id else None
        starts = Counter(facts.past_starts.get(departure.trip_id, {}))
        starts.update(listed)
        own = f"{departure.starts_at.astimezone(region.timezone):%H:%M}"
        return cls(
            present=departure,
            zone=region.timezone,
            starts=starts or {own: 1},
            coordinates=(own_camp and own_camp.coordinates) or region.coordinates,
            camp=own_camp,
        )

    @property
    def usual(self) -> str:
        """The most frequent start, of several the earliest."""
        return min(self.starts, key=lambda clock: (-self.starts[clock], clock))

    def starts_on(self, day: date) -> list[datetime]:
        """Return the moments of a date at which the trip may start, the earliest first."""
        return sorted({combine(day, clock, self.zone) for clock in self.starts})

    def allow(self, starts_at: datetime) -> bool:
        """Return whether the departure may be moved there, as long as it is now."""
        day = local_day(starts_at, self.zone)
        is_usual = starts_at in self.starts_on(day)
        span = move_span(starts_at, self.present.span)
        return is_usual and self._is_in_daylight(span, day) and self._is_within_opening_hours(span)

    def _is_in_daylight(self, span: Span, day: date) -> bool:
        """Return whether no more of it is in the dark than at its usual time of that date.

        A trip that runs at night, or in winter from before sunrise, does so at its usual time too.
        """
        place = self.coordinates
        if place is None:
            return True

        def daylight(date_: date) -> Span:
            return daylight_on(date_, place, self.zone)

        usual = move_span(combine(day, self.usual, self.zone), self.present.span)
        return self._outside(span, daylight) <= self._outside(usual, daylight)

    def _is_within_opening_hours(self, span: Span) -> bool:
        """Return whether no more of it is outside the opening hours of its base camp than as it is now."""
        camp = self.camp
        if camp is None or not camp.opening_hours:
            return True

        def opening(date_: date) -> Span:
            return _open_on(date_, camp, self.zone)

        return self._outside(span, opening) <= self._outside(self.present.span, opening)

    def _outside(self, span: Span, inside: Callable[[date], Span]) -> timedelta:
        """Return how long the span is outside; over several dates, how far its start and its end are."""
        first, last = local_dates(Span(span.starts_at.astimezone(self.zone), span.ends_at.astimezone(self.zone)))
        if first == last:
            return span.duration - _overlap(span, inside(first))
        return _distance(span.starts_at, inside(first)) + _distance(span.ends_at, inside(last))


def listed_starts(trip_id: UUID, snapshot: Snapshot, documents: Iterable[ScheduleDocument]) -> Counter[str]:
    """Return the local times at which the catalog sells the trip or has sold it, as far as it was read: how often."""
    sold = [
        listed.departure_time
        for departures in snapshot.departures.values()
        for listed in departures
        if listed.trip_id == trip_id
    ]
    kept = [
        planned.catalog.local_time
        for document in documents
        for planned in document.departures.values()
        if planned.trip_id == trip_id and planned.catalog
    ]
    return Counter(sold + kept)


def _open_on(day: date, camp: Location, zone: ZoneInfo) -> Span:
    """Return when the camp is open by every row that it has for the day; the empty span at noon without one."""
    spans = [_opening(row, day, zone) for row in camp.opening_hours if row.weekday == day.weekday()]
    noon = combine(day, "12:00", zone)
    opens = max((span.starts_at for span in spans), default=noon)
    return Span(opens, max(opens, min((span.ends_at for span in spans), default=noon)))


def _opening(row: OpeningHours, day: date, zone: ZoneInfo) -> Span:
    closing_day = day if row.closes_at > row.opens_at else day + ONE_DAY
    return Span(combine(day, row.opens_at, zone), combine(closing_day, row.closes_at, zone))


def _overlap(span: Span, other: Span) -> timedelta:
    common = min(span.ends_at, other.ends_at) - max(span.starts_at, other.starts_at)
    return max(common, timedelta())


def _distance(moment: datetime, span: Span) -> timedelta:
    return max(span.starts_at - moment, moment - span.ends_at, timedelta())
