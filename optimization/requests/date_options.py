"""What a schedule request asks, date by date: which departure it is about and what stands against it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from scheduling.daily_schedules.catalog_aliases import departure_id_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Location, Sibling, Snapshot, Trail, TrailCondition, Trip, WeatherOutlook
from scheduling.domain.new_departures import new_departure
from scheduling.requests.submission import Constraints
from scheduling.rules import Exclusion, Facts, Rule, condition_of, is_accessible
from scheduling.rules.departures import peak_load
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import best_trail, closed_because, needs_trail

NO_CONSTRAINTS = Constraints()


@dataclass(frozen=True, slots=True)
class Question:
    """One trip on some dates. `only_guides` empty: anybody may lead it."""

    trip_id: UUID
    days: tuple[date, ...]
    constraints: Constraints = NO_CONSTRAINTS
    only_guides: frozenset[UUID] = frozenset()

    def group(self, trip: Trip) -> int:
        """The guests a departure must have room for."""
        return self.constraints.min_group_size or trip.min_participants


@dataclass(frozen=True, slots=True)
class Option:
    """A departure that could serve the request on a date, with what is known about that date.

    `obstacle` is the rule that stands against it before anybody looks for a team.
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
        """Whom a team has to cover: those who are booked, and the group."""
        return self.departure.participants + self.group

    @property
    def headroom(self) -> float:
        """The share of the capacity that is free once the group has joined."""
        return max(0, self.departure.capacity - self.guests) / max(1, self.departure.capacity)


def options_of(
    question: Question,
    documents: Mapping[date, ScheduleDocument],
    facts: Facts,
    now: datetime,
    elsewhere: Iterable[Departure] = (),
) -> list[Option]:
    """The departures the request could be about, in date order; at least one a date.

    `elsewhere` are departures of dates without a document here that are out at the same time.
    """
    trip = facts.snapshot.trips[question.trip_id]
    obstacles = Obstacles.of(question, documents, facts, now, elsewhere)
    options: list[Option] = []
    for day in question.days:
        for key, departure, is_new in _departures_on(question, trip, day, documents[day], facts.snapshot, now):
            option = _option(question, trip, day, key, departure, is_new, facts)
            options.append(replace(option, obstacle=obstacles.first_against(option)))
    return options


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What can stand against an option before anybody looks for a team, all of it known."""

    question: Question
    trip: Trip
    documents: Mapping[date, ScheduleDocument]
    facts: Facts
    now: datetime
    at_camp: "_Crowd | None"

    @classmethod
    def of(
        cls,
        question: Question,
        documents: Mapping[date, ScheduleDocument],
        facts: Facts,
        now: datetime,
        elsewhere: Iterable[Departure] = (),
    ) -> "Obstacles":
        """`elsewhere` as for `options_of`."""
        trip = facts.snapshot.trips[question.trip_id]
        base_camp = facts.snapshot.locations.get(trip.region_id)
        at_camp = _Crowd.of(base_camp, documents, elsewhere) if base_camp else None
        return cls(question, trip, documents, facts, now, at_camp)

    def first_against(self, option: Option) -> Exclusion | None:
        """The first rule that stands against the option, in the order in which they are asked."""
        return (
            _not_running(option, self.documents[option.day], self.facts.snapshot, self.now)
            or _no_room(option, self.question, self.trip)
            or _no_trail(option, self.trip, self.facts)
            or _bad_weather(option, self.question)
            or _not_accessible(option, self.question, self.trip)
            or (_no_room_at_the_camp(option, self.at_camp) if self.at_camp else None)
        )


def _departures_on(
    question: Question, trip: Trip, day: date, document: ScheduleDocument, snapshot: Snapshot, now: datetime
) -> Iterable[tuple[UUID, Departure, bool]]:
    running = {
        key: departure
        for key, departure in sorted(document.departures.items())
        if departure.trip_id == trip.id and departure.is_open_to_planning and not departure.has_started(now)
    }
    with_room = {key: one for key, one in running.items() if _has_room(one, question, trip)}
    if with_room:
        return [(key, departure.model_copy(deep=True), False) for key, departure in with_room.items()]
    local_time = snapshot.usual_times[trip.id]
    key = departure_id_of(trip.id, day, local_time)
    fresh = new_departure(trip, day, local_time, snapshot)
    if running and _is_taken(document, key, fresh):
        return [(key, departure.model_copy(deep=True), False) for key, departure in running.items()]
    largest = question.constraints.max_group_size
    if largest is not None:
        fresh.capacity = min(fresh.capacity, largest)
    return [(key, fresh, True)]


def _is_taken(document: ScheduleDocument, key: UUID, fresh: Departure) -> bool:
    """Whether the trip has a departure at that very time already, running or called off."""
    # Whatever its id: the catalog tells departures of a trip apart by their time, so two would be one there.
    return key in document.departures or any(
        one.trip_id == fresh.trip_id and one.starts_at == fresh.starts_at for one in document.departures.values()
    )


def _has_room(departure: Departure, question: Question, trip: Trip) -> bool:
    joined = departure.participants + question.group(trip)
    largest = question.constraints.max_group_size
    return joined <= departure.capacity and (largest is None or joined <= largest)


def _option(
    question: Question,
    trip: Trip,
    day: date,
    key: UUID,
    departure: Departure,
    is_new: bool,
    facts: Facts,
) -> Option:
    group = question.group(trip)
    trail = _trail(question, trip, departure, group, facts)
    if trail or departure.trail_id in facts.snapshot.trails:
        # One that cannot be used is given up also where there is no other.
        departure.trail_id = trail.id if trail else None
    # What nobody told of the ground is not guessed.
    is_told = trail is not None and trail.conditions_known
    condition = condition_of(trail, day, trip.activity_type, departure.span, facts.hazards) if trail else None
    outlook = facts.snapshot.outlooks.get((trip.region_id, day))
    return Option(day, key, departure, is_new, group, trail, condition if is_told else None, outlook)


def _trail(question: Question, trip: Trip, departure: Departure, group: int, facts: Facts) -> Trail | None:
    guests = departure.participants + group
    days, span = days_of(departure), departure.span
    current = facts.snapshot.trails.get(departure.trail_id) if departure.trail_id else None
    if current and not closed_because(current, days, span, facts.hazards) and _takes(current, guests):
        return current
    return best_trail(trip, days, span, guests, facts, question.constraints.preferred_trail_ids)


def _takes(trail: Trail, guests: int) -> bool:
    return trail.max_group_size is None or guests <= trail.max_group_size


def _not_running(option: Option, document: ScheduleDocument, snapshot: Snapshot, now: datetime) -> Exclusion | None:
    departure = option.departure
    if departure.has_started(now):
        return Exclusion(Rule.NOT_RUNNING, f"it departs at {departure.starts_at:%H:%M}, which has passed")
    listed = [sold for sold in snapshot.departures.get(option.day, ()) if sold.trip_id == departure.trip_id]
    is_off_in_catalog = bool(listed) and all(sold.is_cancelled for sold in listed)
    if option.is_new and (is_off_in_catalog or _is_taken(document, option.departure_id, departure)):
        return Exclusion(Rule.NOT_RUNNING, "its departure was called off")
    return None


def _no_room(option: Option, question: Question, trip: Trip) -> Exclusion | None:
    if _has_room(option.departure, question, trip):
        return None
    free = max(0, option.departure.capacity - option.departure.participants)
    if free < option.group:
        return Exclusion(Rule.GROUP_SIZE, f"{free} seats are free, the group has {option.group}")
    largest = question.constraints.max_group_size
    return Exclusion(Rule.GROUP_SIZE, f"{option.guests} guests would go together, {largest} at most are wished for")


def _no_trail(option: Option, trip: Trip, facts: Facts) -> Exclusion | None:
    if option.trail or not facts.snapshot.knows(Sibling.TRAIL_MANAGEMENT) or not needs_trail(trip, facts.snapshot):
        return None
    return Exclusion(Rule.TRAIL_CLOSED, f"no open trail fits the trip and {option.guests} guests")


def _bad_weather(option: Option, question: Question) -> Exclusion | None:
    if question.constraints.require_good_weather and option.outlook is WeatherOutlook.STORM_WARNING:
        return Exclusion(Rule.WEATHER, "a storm is forecast and good weather is required")
    return None


def _not_accessible(option: Option, question: Question, trip: Trip) -> Exclusion | None:
    for requirement in question.constraints.accessibility_requirements:
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
        return cls(camp, tuple(one for one in (*of_documents, *elsewhere) if one.location_id == camp.id))


def _no_room_at_the_camp(option: Option, crowd: _Crowd) -> Exclusion | None:
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
