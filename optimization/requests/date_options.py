"""What a schedule request asks, date by date: which departure it is about and what stands against it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from optimization.requests.feasibility import FeasibilityChecks, has_room, is_taken
from optimization.requests.query import DateOption, TripQuery
from scheduling.daily_schedules.catalog_aliases import departure_id_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Snapshot, Trail, Trip
from scheduling.domain.new_departures import new_departure
from scheduling.rules import Facts, condition_of
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import best_trail, closed_because


def options_of(
    query: TripQuery,
    documents: Mapping[date, ScheduleDocument],
    facts: Facts,
    now: datetime,
    elsewhere: Iterable[Departure] = (),
) -> list[DateOption]:
    """The departures the request could be about, in date order; at least one a date.

    `elsewhere` are departures of dates without a document here that are out at the same time.
    """
    trip = facts.snapshot.trips[query.trip_id]
    obstacles = FeasibilityChecks.of(query, documents, facts, now, elsewhere)
    options: list[DateOption] = []
    for day in query.days:
        for key, departure, is_new in _departures_on(query, trip, day, documents[day], facts.snapshot, now):
            option = _option(query, trip, day, key, departure, is_new, facts)
            options.append(replace(option, obstacle=obstacles.first_failed(option)))
    return options


def _departures_on(
    query: TripQuery, trip: Trip, day: date, document: ScheduleDocument, snapshot: Snapshot, now: datetime
) -> Iterable[tuple[UUID, Departure, bool]]:
    running = {
        key: departure
        for key, departure in sorted(document.departures.items())
        if departure.trip_id == trip.id and departure.may_be_replanned(now)
    }
    with_room = {key: departure for key, departure in running.items() if has_room(departure, query, trip)}
    if with_room:
        return [(key, departure.model_copy(deep=True), False) for key, departure in with_room.items()]
    local_time = snapshot.usual_times[trip.id]
    key = departure_id_of(trip.id, day, local_time)
    fresh = new_departure(trip, day, local_time, snapshot)
    if running and is_taken(document, key, fresh):
        return [(key, departure.model_copy(deep=True), False) for key, departure in running.items()]
    largest = query.constraints.max_group_size
    if largest is not None:
        fresh.capacity = min(fresh.capacity, largest)
    return [(key, fresh, True)]


def _option(
    query: TripQuery,
    trip: Trip,
    day: date,
    key: UUID,
    departure: Departure,
    is_new: bool,
    facts: Facts,
) -> DateOption:
    group = query.group(trip)
    trail = _trail(query, trip, departure, group, facts)
    if trail or departure.trail_id in facts.snapshot.trails:
        # One that cannot be used is given up also where there is no other.
        departure.trail_id = trail.id if trail else None
    # What nobody told of the ground is not guessed.
    is_told = trail is not None and trail.conditions_known
    condition = condition_of(trail, day, trip.activity_type, departure.span, facts.hazards) if trail else None
    outlook = facts.snapshot.outlooks.get((trip.region_id, day))
    return DateOption(day, key, departure, is_new, group, trail, condition if is_told else None, outlook)


def _trail(query: TripQuery, trip: Trip, departure: Departure, group: int, facts: Facts) -> Trail | None:
    guests = departure.participants + group
    days, span = days_of(departure), departure.span
    current = facts.snapshot.trails.get(departure.trail_id) if departure.trail_id else None
    if current and not closed_because(current, days, span, facts.hazards) and _takes(current, guests):
        return current
    return best_trail(trip, days, span, guests, facts, query.constraints.preferred_trail_ids)


def _takes(trail: Trail, guests: int) -> bool:
    return trail.max_group_size is None or guests <= trail.max_group_size
