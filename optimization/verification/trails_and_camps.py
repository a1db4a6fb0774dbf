"""Checks of places: the trail of a departure and the capacity of its base camp."""

from collections.abc import Iterator
from datetime import date

from optimization.verification.evidence import Breach, CheckedDeparture, most_at_once
from scheduling.domain.document import Departure
from scheduling.domain.facts import Difficulty, Sibling, Trail, TrailCondition
from scheduling.domain.normalization import normalise_activity

# The difficulties of trails by the difficulty of the trip.
TRAIL_DIFFICULTIES = {
    Difficulty.EASY: {Difficulty.EASY},
    Difficulty.MODERATE: {Difficulty.MODERATE},
    Difficulty.DIFFICULT: {Difficulty.DIFFICULT},
    Difficulty.EXPERT: {Difficulty.EXPERT, Difficulty.EXTREME},
}


def check_trail_open(checked: CheckedDeparture) -> Iterator[Breach]:
    trail = checked.trail
    if trail is None:
        if _lacks_a_trail(checked):
            yield Breach("no trail is chosen, although there are trails for the trip")
        return
    for day in checked.days:
        for reason in _closure_reasons(trail, day):
            yield Breach(f"{trail.name} on {day}: {reason}", about=f"{trail.id} {day} {reason}")
    for hold in checked.evidence.holds:
        if trail.id in hold.closed_trails and checked.meets(hold.starts_at, hold.ends_at):
            yield Breach(f"{trail.name}: {hold.description}", about=f"{trail.id} {hold.description}")


def _lacks_a_trail(checked: CheckedDeparture) -> bool:
    snapshot, trip = checked.evidence.snapshot, checked.trip
    if trip is None or Sibling.TRAIL_MANAGEMENT in snapshot.unknown:
        return False
    activity = normalise_activity(trip.activity_type)
    return any(activity in trail.activities for trail in snapshot.trails_of(trip.region_id))


def _closure_reasons(trail: Trail, day: date) -> Iterator[str]:
    if trail.status == "CLOSED":
        yield "closed"
    if not _is_in_season(trail, day):
        yield "out of season"
    if trail.surface == "FLOODED":
        yield "flooded"
    if trail.assessment == TrailCondition.CLOSED:
        yield "impassable"
    for closure in trail.closures:
        is_over = closure.ends_on is not None and closure.ends_on < day
        if closure.is_severe and closure.starts_on <= day and not is_over:
            yield f"closed: {closure.reason}"


def _is_in_season(trail: Trail, day: date) -> bool:
    opens, closes = trail.opens_on, trail.open_until
    if trail.is_year_round or opens is None or closes is None:
        return trail.status != "SEASONAL_CLOSURE"
    is_after_opening = (day.month, day.day) >= (opens.month, opens.day)
    is_before_closing = (day.month, day.day) <= (closes.month, closes.day)
    is_over_new_year = (opens.month, opens.day) > (closes.month, closes.day)
    if is_over_new_year:
        return is_after_opening or is_before_closing
    return is_after_opening and is_before_closing


def check_trail_fit(checked: CheckedDeparture) -> Iterator[Breach]:
    """Check a trail that the plan chose; one that was set before is not the plan's."""
    trail, trip = checked.trail, checked.trip
    before = checked.evidence.before.get(checked.id)
    if trail is None or trip is None or (before and before.trail_id == trail.id):
        return
    if normalise_activity(trip.activity_type) not in trail.activities:
        yield Breach(f"{trail.name} is not for {trip.activity_type}", about=str(trail.id))
    if trail.difficulty not in TRAIL_DIFFICULTIES[trip.difficulty]:
        yield Breach(f"{trail.name} is {trail.difficulty}, the trip {trip.difficulty}", about=str(trail.id))
    if trail.region_id != trip.region_id:
        yield Breach(f"{trail.name} is in another region", about=str(trail.id))


def check_trail_group_size(checked: CheckedDeparture) -> Iterator[Breach]:
    trail = checked.trail
    if trail and trail.max_group_size is not None and checked.guests > trail.max_group_size:
        excess = checked.guests - trail.max_group_size
        yield Breach(f"{checked.guests} guests on {trail.name}, which takes {trail.max_group_size}", excess=excess)


def check_location_capacity(checked: CheckedDeparture) -> Iterator[Breach]:
    camp = checked.evidence.snapshot.locations.get(checked.departure.region_id)
    if camp is None or camp.max_capacity is None or checked.departure.location_id != camp.id or not checked.guests:
        return
    joining = checked.guests - checked.departure.participants
    if checked.evidence.fullest.get(camp.id, 0) + joining <= camp.max_capacity:
        return
    most = checked.guests + most_at_once(_concurrent(checked), since=checked.departure.starts_at)
    if most > camp.max_capacity:
        message = f"{most} people at a base camp with a capacity of {camp.max_capacity}"
        yield Breach(message, excess=most - camp.max_capacity)


def _concurrent(checked: CheckedDeparture) -> Iterator[Departure]:
    location_id = checked.departure.location_id
    for key, departure in checked.evidence.led_from.get(location_id, ()) if location_id else ():
        if key != checked.id and checked.meets(departure.starts_at, departure.ends_at):
            yield departure
