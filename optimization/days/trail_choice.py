"""The choice of each departure's trail, before guides are assigned."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from scheduling.domain.document import NO_TRAIL, Departure, UnassignedReason
from scheduling.domain.facts import Sibling, Trip
from scheduling.rules import Demand, Facts, closed_because
from scheduling.rules.trails import best_trail, needs_trail, unusable_trails


def choose_trails(departures: Mapping[UUID, Departure], day: date, facts: Facts) -> dict[UUID, UnassignedReason]:
    """Set an open trail that fits on each departure, its own if possible; return the reasons of those without one.

    Known conditions of a trail count although those of others are unknown.
    """
    without: dict[UUID, UnassignedReason] = {}
    for key, departure in departures.items():
        trip = facts.snapshot.trips.get(departure.trip_id)
        demand = Demand.of(key, departure, day, facts.snapshot)
        if trip is None or _may_keep_trail(demand, facts) or not (demand.trail or _lacks_trail(trip, facts)):
            continue
        trail = best_trail(trip, demand.days, demand.span, departure.participants, facts)
        departure.trail_id = trail.id if trail else None
        if trail is None and needs_trail(trip, facts.snapshot):
            without[key] = _without_trail(trip, demand, facts)
    return without


def _lacks_trail(trip: Trip, facts: Facts) -> bool:
    """Return True where a departure of the trip without a trail needs one, and the trails are known."""
    return facts.snapshot.knows(Sibling.TRAIL_MANAGEMENT) and needs_trail(trip, facts.snapshot)


def _may_keep_trail(demand: Demand, facts: Facts) -> bool:
    trail = demand.trail
    if trail is None or closed_because(trail, demand.days, demand.span, facts.hazards):
        return False
    return trail.max_group_size is None or demand.participants <= trail.max_group_size


def _without_trail(trip: Trip, demand: Demand, facts: Facts) -> UnassignedReason:
    unusable = unusable_trails(trip, demand.days, demand.span, demand.participants, facts)
    message = f"no trail fits: {'; '.join(unusable.values())}"
    return UnassignedReason(code=NO_TRAIL, message=message, trail_ids=list(unusable))
