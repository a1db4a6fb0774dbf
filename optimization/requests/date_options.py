"""The options of a query, date by date: the departures that could serve it and the obstacle of each."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from optimization.requests.feasibility import FeasibilityChecks, has_room, is_slot_taken, joining_guests
from optimization.requests.query import DateOption, TripQuery
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Snapshot, Trail, Trip
from scheduling.domain.new_departures import new_departure
from scheduling.rules import Facts, condition_of
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import best_trail, closed_because


def options_of(checks: FeasibilityChecks) -> list[DateOption]:
    """Return the departures that could serve the query of these checks, in date order; at least one per date."""
    query, trip, facts = checks.query, checks.trip, checks.facts
    options: list[DateOption] = []
    for day in query.days:
        running = _departures_on(query, trip, day, checks.documents[day], facts.snapshot, checks.now)
        for key, departure, is_new in running:
            option = _option(query, trip, day, key, departure, is_new, facts)
            options.append(replace(option, obstacle=checks.first_failed(option)))
    return options


def _departures_on(
    query: TripQuery, trip: Trip, day: date, document: ScheduleDocument, snapshot: Snapshot, now: datetime
) -> Iterable[tuple[UUID, Departure, bool]]:
    running = {
        key: departure
        for key, departure in sorted(document.departures_of_trips([trip.id]).items())
        if departure.may_be_replanned(now) and not departure.is_off_sale
    }
    with_room = {key: departure for key, departure in running.items() if has_room(departure, query, trip)}
    if with_room:
        return [(key, departure.copy_with_team(), False) for key, departure in with_room.items()]
    local_time = snapshot.usual_times[trip.id]
    key = departure_id_of(trip.id, day, local_time)
    created = new_departure(trip, day, local_time, snapshot)
    if running and is_slot_taken(document, key, created):
        return [(key, departure.copy_with_team(), False) for key, departure in running.items()]
    largest = query.constraints.max_group_size
    if largest is not None:
        created.capacity = min(created.capacity, largest)
    return [(key, created, True)]


def _option(
    query: TripQuery,
    trip: Trip,
    day: date,
    key: UUID,
    departure: Departure,
    is_new: bool,
    facts: Facts,
) -> DateOption:
    group = joining_guests(departure, query, trip)
    trail = _best_trail_for(query, trip, departure, group, facts)
    if trail or departure.trail_id in facts.snapshot.trails:
        # A trail that cannot be used is dropped although there is no other.
        departure.trail_id = trail.id if trail else None
    # Unknown trail conditions are not guessed.
    is_known = trail is not None and trail.conditions_known
    condition = condition_of(trail, day, trip.activity_type, departure.span, facts.hazards) if trail else None
    outlook = facts.snapshot.outlooks.get((trip.region_id, day))
    return DateOption(day, key, departure, is_new, group, trail, condition if is_known else None, outlook)


def _best_trail_for(query: TripQuery, trip: Trip, departure: Departure, group: int, facts: Facts) -> Trail | None:
    guests = departure.participants + group
    days, span = days_of(departure), departure.span
    current = facts.snapshot.trails.get(departure.trail_id) if departure.trail_id else None
    if current and not closed_because(current, days, span, facts.hazards) and _takes(current, guests):
        return current
    return best_trail(trip, days, span, guests, facts, query.constraints.preferred_trail_ids)


def _takes(trail: Trail, guests: int) -> bool:
    return trail.max_group_size is None or guests <= trail.max_group_size
