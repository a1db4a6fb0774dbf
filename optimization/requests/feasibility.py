"""What rules out a departure for a request before any guide is looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from optimization.requests.query import DateOption, TripQuery
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Location, Sibling, Snapshot, Trip, WeatherOutlook
from scheduling.rules import Exclusion, Facts, Rule, is_accessible
from scheduling.rules.departures import peak_load
from scheduling.rules.trails import needs_trail


@dataclass(frozen=True, slots=True)
class FeasibilityChecks:
    """What can stand against an option before anybody looks for a team, all of it known."""

    query: TripQuery
    trip: Trip
    documents: Mapping[date, ScheduleDocument]
    facts: Facts
    now: datetime
    at_camp: "_Crowd | None"

    @classmethod
    def of(
        cls,
        query: TripQuery,
        documents: Mapping[date, ScheduleDocument],
        facts: Facts,
        now: datetime,
        elsewhere: Iterable[Departure] = (),
    ) -> "FeasibilityChecks":
        """`elsewhere` as for `options_of`."""
        trip = facts.snapshot.trips[query.trip_id]
        base_camp = facts.snapshot.locations.get(trip.region_id)
        at_camp = _Crowd.of(base_camp, documents, elsewhere) if base_camp else None
        return cls(query, trip, documents, facts, now, at_camp)

    def first_failed(self, option: DateOption) -> Exclusion | None:
        """The first rule that stands against the option, in the order in which they are asked."""
        return (
            _not_running(option, self.documents[option.day], self.facts.snapshot, self.now)
            or _no_room(option, self.query, self.trip)
            or _no_trail(option, self.trip, self.facts)
            or _bad_weather(option, self.query)
            or _not_accessible(option, self.query, self.trip)
            or (_no_room_at_the_camp(option, self.at_camp) if self.at_camp else None)
        )


def is_taken(document: ScheduleDocument, key: UUID, fresh: Departure) -> bool:
    """Whether the trip has a departure at that very time already, running or called off."""
    # Whatever its id: the catalog tells departures of a trip apart by their time, so two would be one there.
    return key in document.departures or any(
        departure.trip_id == fresh.trip_id and departure.starts_at == fresh.starts_at
        for departure in document.departures.values()
    )


def has_room(departure: Departure, query: TripQuery, trip: Trip) -> bool:
    joined = departure.participants + query.group(trip)
    largest = query.constraints.max_group_size
    return joined <= departure.capacity and (largest is None or joined <= largest)


def _not_running(option: DateOption, document: ScheduleDocument, snapshot: Snapshot, now: datetime) -> Exclusion | None:
    departure = option.departure
    if departure.has_started(now):
        return Exclusion(Rule.NOT_RUNNING, f"it departs at {departure.starts_at:%H:%M}, which has passed")
    listed = [sold for sold in snapshot.departures.get(option.day, ()) if sold.trip_id == departure.trip_id]
    is_off_in_catalog = bool(listed) and all(sold.is_cancelled for sold in listed)
    if option.is_new and (is_off_in_catalog or is_taken(document, option.departure_id, departure)):
        return Exclusion(Rule.NOT_RUNNING, "its departure was called off")
    return None


def _no_room(option: DateOption, query: TripQuery, trip: Trip) -> Exclusion | None:
    if has_room(option.departure, query, trip):
        return None
    free = max(0, option.departure.capacity - option.departure.participants)
    if free < option.group:
        return Exclusion(Rule.GROUP_SIZE, f"{free} seats are free, the group has {option.group}")
    largest = query.constraints.max_group_size
    return Exclusion(Rule.GROUP_SIZE, f"{option.guests} guests would go together, {largest} at most are wished for")


def _no_trail(option: DateOption, trip: Trip, facts: Facts) -> Exclusion | None:
    if option.trail or not facts.snapshot.knows(Sibling.TRAIL_MANAGEMENT) or not needs_trail(trip, facts.snapshot):
        return None
    return Exclusion(Rule.TRAIL_CLOSED, f"no open trail fits the trip and {option.guests} guests")


def _bad_weather(option: DateOption, query: TripQuery) -> Exclusion | None:
    if query.constraints.require_good_weather and option.outlook is WeatherOutlook.STORM_WARNING:
        return Exclusion(Rule.WEATHER, "a storm is forecast and good weather is required")
    return None


def _not_accessible(option: DateOption, query: TripQuery, trip: Trip) -> Exclusion | None:
    for requirement in query.constraints.accessibility_requirements:
        if not is_accessible(requirement, trip, option.trail):
            return Exclusion(Rule.ACCESSIBILITY, f"not known to be {requirement.lower().replace('_', ' ')}")
    return None


@dataclass(frozen=True, slots=True)
class _Crowd:
    """A base camp and everybody who is led from it on any of the dates."""

    camp: Location
    departures: tuple[Departure, ...]

    @classmethod
    def of(cls, camp: Location, documents: Mapping[date, ScheduleDocument], elsewhere: Iterable[Departure]) -> "_Crowd":
        of_documents = (departure for document in documents.values() for departure in document.departures.values())
        return cls(
            camp, tuple(departure for departure in (*of_documents, *elsewhere) if departure.location_id == camp.id)
        )


def _no_room_at_the_camp(option: DateOption, crowd: _Crowd) -> Exclusion | None:
    if crowd.camp.max_capacity is None or option.departure.location_id != crowd.camp.id:
        return None
    there = peak_load(ScheduleDocument(), crowd.camp, option.departure.span, crowd.departures)
    # A departure that is led already is part of the load, with the guests it has.
    joining = option.group if option.departure.team else option.guests
    if there + joining <= crowd.camp.max_capacity:
        return None
    return Exclusion(
        Rule.LOCATION_CAPACITY, f"the base camp takes {crowd.camp.max_capacity} people and has {there} at that time"
    )
