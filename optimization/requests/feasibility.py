"""The feasibility of a departure for a request, apart from its team."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from optimization.requests.query import DateOption, TripQuery
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Location, Sibling, Snapshot, Trip, WeatherOutlook
from scheduling.domain.text import counted
from scheduling.domain.words import in_words
from scheduling.rules import Exclusion, Facts, Rule, is_accessible
from scheduling.rules.camp_load import CampLoad
from scheduling.rules.trails import needs_trail
from scheduling.rules.unknown import unknown_about


@dataclass(frozen=True, slots=True)
class FeasibilityChecks:
    """The rules that can exclude an option whatever its team, with the facts they need."""

    query: TripQuery
    trip: Trip
    documents: Mapping[date, ScheduleDocument]
    facts: Facts
    now: datetime
    camp_occupancy: "_CampOccupancy | None"

    @classmethod
    def of(
        cls,
        query: TripQuery,
        documents: Mapping[date, ScheduleDocument],
        facts: Facts,
        now: datetime,
        elsewhere: Iterable[Departure] = (),
    ) -> "FeasibilityChecks":
        """Prepare the checks of a query.

        `elsewhere` are departures of dates without a document here that are out at the same time.
        """
        trip = facts.snapshot.trips[query.trip_id]
        base_camp = facts.snapshot.locations.get(trip.region_id)
        is_limited = base_camp is not None and base_camp.max_capacity is not None
        camp_occupancy = _CampOccupancy.of(base_camp, documents, elsewhere) if base_camp and is_limited else None
        return cls(query, trip, documents, facts, now, camp_occupancy)

    def first_failed(self, option: DateOption) -> Exclusion | None:
        """Return the first rule that excludes the option, None where it is feasible."""
        return (
            _not_running(option, self.documents[option.day], self.facts.snapshot, self.now)
            or _over_capacity(option, self.query, self.trip)
            or _no_trail(option, self.trip, self.facts)
            or _bad_weather(option, self.query)
            or _not_accessible(option, self.query, self.trip)
            or (_camp_full(option, self.camp_occupancy) if self.camp_occupancy else None)
        )


def is_slot_taken(document: ScheduleDocument, key: UUID, created: Departure) -> bool:
    """Return True where the trip has a departure at that very time already, running or cancelled."""
    # Whatever its id: the catalog identifies departures of a trip by their time, so two would be one there.
    return key in document.departures or any(
        departure.starts_at == created.starts_at
        for departure in document.departures_of_trips([created.trip_id]).values()
    )


def joining_guests(departure: Departure, query: TripQuery, trip: Trip) -> int:
    """Return the number of guests that the departure must have room for beside those booked.

    It is the group, but at most the free seats where the query asks for the guides of a departure that is booked and
    has none: it plans people then, and holds no seats. A group named by the client still has to fit into one that is
    not full.
    """
    group, free = query.group(trip), max(0, departure.capacity - departure.participants)
    lacks_required = bool(query.constraints.required_guide_ids) and not departure.team and departure.participants > 0
    plans_people = lacks_required and (free == 0 or query.constraints.min_group_size is None)
    return min(group, free) if plans_people else group


def has_room(departure: Departure, query: TripQuery, trip: Trip) -> bool:
    """Return True where the guests who join fit into the departure's capacity and the query's largest group."""
    guests = departure.participants + joining_guests(departure, query, trip)
    largest = query.constraints.max_group_size
    return guests <= departure.capacity and (largest is None or guests <= largest)


def _not_running(option: DateOption, document: ScheduleDocument, snapshot: Snapshot, now: datetime) -> Exclusion | None:
    departure = option.departure
    if departure.has_started(now):
        return Exclusion(Rule.NOT_RUNNING, f"it departs at {departure.starts_at:%H:%M}, which has passed")
    unknown = unknown_about(option.departure_id, departure, snapshot)
    if unknown:
        return Exclusion(Rule.NOT_RUNNING, unknown)
    listed = [sold for sold in snapshot.departures.get(option.day, ()) if sold.trip_id == departure.trip_id]
    is_cancelled = bool(listed) and all(sold.is_cancelled for sold in listed)
    if option.is_new and (is_cancelled or is_slot_taken(document, option.departure_id, departure)):
        return Exclusion(Rule.NOT_RUNNING, "its departure was cancelled")
    return None


def _over_capacity(option: DateOption, query: TripQuery, trip: Trip) -> Exclusion | None:
    if has_room(option.departure, query, trip):
        return None
    free = max(0, option.departure.capacity - option.departure.participants)
    if free < option.group:
        seats = f"{counted(free, 'seat')} {'is' if free == 1 else 'are'} free"
        return Exclusion(Rule.GROUP_SIZE, f"{seats}, the group has {option.group}")
    largest = query.constraints.max_group_size
    guests = counted(option.guests, "guest")
    return Exclusion(Rule.GROUP_SIZE, f"{guests} would go together, at most {largest} were requested")


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
            return Exclusion(Rule.ACCESSIBILITY, f"not known to be {in_words(requirement)}")
    return None


@dataclass(frozen=True, slots=True)
class _CampOccupancy:
    """A base camp and the people there on any of the dates."""

    camp: Location
    load: CampLoad

    @classmethod
    def of(
        cls, camp: Location, documents: Mapping[date, ScheduleDocument], elsewhere: Iterable[Departure]
    ) -> "_CampOccupancy":
        present = [
            departure for document in documents.values() for departure in document.departures_from(camp.id).values()
        ]
        return cls(camp, CampLoad.of((*present, *elsewhere), camp.id))


def _camp_full(option: DateOption, occupancy: _CampOccupancy) -> Exclusion | None:
    if occupancy.camp.max_capacity is None or option.departure.location_id != occupancy.camp.id:
        return None
    present = occupancy.load.peak(option.departure.span)
    # A departure with a team is part of the load already, with its present guests.
    joining = option.group if option.departure.team else option.guests
    if present + joining <= occupancy.camp.max_capacity:
        return None
    return Exclusion(
        Rule.LOCATION_CAPACITY,
        f"the base camp takes {occupancy.camp.max_capacity} people and has {present} at that time",
    )
