"""Whether a departure can go where it goes."""

from collections.abc import Iterator
from datetime import date

from optimization.verification.evidence import Broken, Judged, most_at_once
from scheduling.domain.document import Departure
from scheduling.domain.facts import Difficulty, Sibling, Trail, TrailCondition
from scheduling.domain.normalization import normalise_activity

# By the difficulty of a trip, the trails it is led on.
LED_ON = {
    Difficulty.EASY: {Difficulty.EASY},
    Difficulty.MODERATE: {Difficulty.MODERATE},
    Difficulty.DIFFICULT: {Difficulty.DIFFICULT},
    Difficulty.EXPERT: {Difficulty.EXPERT, Difficulty.EXTREME},
}


def trail_open(judged: Judged) -> Iterator[Broken]:
    trail = judged.trail
    if trail is None:
        if _lacks_a_trail(judged):
            yield Broken("it has no trail, and there are trails for it")
        return
    for day in judged.days:
        for why in _closed(trail, day):
            yield Broken(f"{trail.name} on {day}: {why}", about=f"{trail.id} {day} {why}")
    for hold in judged.evidence.holds:
        if trail.id in hold.closed_trails and judged.meets(hold.starts_at, hold.ends_at):
            yield Broken(f"{trail.name}: {hold.description}", about=f"{trail.id} {hold.description}")


def _lacks_a_trail(judged: Judged) -> bool:
    snapshot, trip = judged.evidence.snapshot, judged.trip
    if trip is None or Sibling.TRAIL_MANAGEMENT in snapshot.unknown:
        return False
    activity = normalise_activity(trip.activity_type)
    return any(trail.region_id == trip.region_id and activity in trail.activities for trail in snapshot.trails.values())


def _closed(trail: Trail, day: date) -> Iterator[str]:
    if trail.status == "CLOSED":
        yield "closed"
    if not _is_season(trail, day):
        yield "out of season"
    if trail.surface == "FLOODED":
        yield "flooded"
    if trail.assessment == TrailCondition.CLOSED:
        yield "impassable"
    for closure in trail.closures:
        is_over = closure.ends_on is not None and closure.ends_on < day
        if closure.is_severe and closure.starts_on <= day and not is_over:
            yield f"closed: {closure.reason}"


def _is_season(trail: Trail, day: date) -> bool:
    opens, closes = trail.opens_on, trail.open_until
    if trail.is_year_round or opens is None or closes is None:
        return trail.status != "SEASONAL_CLOSURE"
    is_after_opening = (day.month, day.day) >= (opens.month, opens.day)
    is_before_closing = (day.month, day.day) <= (closes.month, closes.day)
    is_over_new_year = (opens.month, opens.day) > (closes.month, closes.day)
    if is_over_new_year:
        return is_after_opening or is_before_closing
    return is_after_opening and is_before_closing


def trail_fit(judged: Judged) -> Iterator[Broken]:
    """A trail that somebody else chose stays theirs; one that the plan chose fits the trip."""
    trail, trip = judged.trail, judged.trip
    before = judged.evidence.before.get(judged.id)
    if trail is None or trip is None or (before and before.trail_id == trail.id):
        return
    if normalise_activity(trip.activity_type) not in trail.activities:
        yield Broken(f"{trail.name} is not for {trip.activity_type}", about=str(trail.id))
    if trail.difficulty not in LED_ON[trip.difficulty]:
        yield Broken(f"{trail.name} is {trail.difficulty}, the trip {trip.difficulty}", about=str(trail.id))
    if trail.region_id != trip.region_id:
        yield Broken(f"{trail.name} is in another region", about=str(trail.id))


def trail_group_size(judged: Judged) -> Iterator[Broken]:
    trail = judged.trail
    if trail and trail.max_group_size is not None and judged.guests > trail.max_group_size:
        excess = judged.guests - trail.max_group_size
        yield Broken(f"{judged.guests} guests on {trail.name}, which takes {trail.max_group_size}", excess=excess)


def location_capacity(judged: Judged) -> Iterator[Broken]:
    camp = judged.evidence.snapshot.locations.get(judged.departure.region_id)
    if camp is None or camp.max_capacity is None or judged.departure.location_id != camp.id or not judged.guests:
        return
    joining = judged.guests - judged.departure.participants
    if judged.evidence.fullest.get(camp.id, 0) + joining <= camp.max_capacity:
        return
    most = judged.guests + most_at_once(_others(judged), since=judged.departure.starts_at)
    if most > camp.max_capacity:
        message = f"{most} people at a base camp for {camp.max_capacity}"
        yield Broken(message, excess=most - camp.max_capacity)


def _others(judged: Judged) -> Iterator[Departure]:
    location_id = judged.departure.location_id
    for key, one in judged.evidence.led_from.get(location_id, ()) if location_id else ():
        if key != judged.id and judged.meets(one.starts_at, one.ends_at):
            yield one
