"""The hard rules of trails: closures, conditions, suitability for a trip and accessibility."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from scheduling.domain.facts import Difficulty, Snapshot, Span, Trail, TrailCondition, Trip
from scheduling.domain.normalization import condition_of_surface, is_on_water, normalise_activity, trail_difficulties
from scheduling.rules.inputs import Facts, HazardFact

LOW_ALTITUDE_M = 300
"""The largest elevation gain, in metres, that counts as LOW_ALTITUDE."""
WHEELCHAIR_CLIMB_M = 30
"""The largest elevation gain, in metres, that counts as WHEELCHAIR_ACCESSIBLE."""
FAMILY_AGE = 12
"""The highest minimum age, in years, that counts as FAMILY_FRIENDLY."""


def closed_because(
    trail: Trail, days: Iterable[date], span: Span | None = None, hazards: Iterable[HazardFact] = ()
) -> str | None:
    """Return the reason why the trail is closed on `days`, or None where it is open.

    Hazards count where they are in force within `span`, or at any time without one.
    """
    for day in days:
        if reason := _closed_on(trail, day):
            return reason
    return _closed_by_hazard(trail, span, hazards)


def _closed_on(trail: Trail, day: date) -> str | None:
    if trail.status == "CLOSED":
        return f"{trail.name} is closed"
    if not _in_season(trail, day):
        return f"{trail.name} is closed for the season"
    if trail.surface == "FLOODED":
        return f"{trail.name} is flooded"
    if trail.assessment is TrailCondition.CLOSED:
        return f"{trail.name} is impassable by the weather service's assessment"
    closure = next((c for c in trail.closures if c.is_severe and c.covers(day)), None)
    return f"{trail.name} is closed: {closure.reason.rstrip('.')}" if closure else None


def _closed_by_hazard(trail: Trail, span: Span | None, hazards: Iterable[HazardFact]) -> str | None:
    for hazard in hazards:
        in_time = span is None or hazard.span.overlaps(span)
        if hazard.closes_trails and trail.id in hazard.trail_ids and in_time:
            return f"{trail.name} is closed: {hazard.description.rstrip('.')}"
    return None


def _in_season(trail: Trail, day: date) -> bool:
    if trail.is_year_round:
        return trail.status != "SEASONAL_CLOSURE"
    if trail.opens_on is None or trail.open_until is None:
        return trail.status != "SEASONAL_CLOSURE"
    opens, until = (trail.opens_on.month, trail.opens_on.day), (trail.open_until.month, trail.open_until.day)
    today = (day.month, day.day)
    if opens <= until:
        return opens <= today <= until
    return today >= opens or today <= until


def condition_of(
    trail: Trail, day: date, activity: str, span: Span | None = None, hazards: Iterable[HazardFact] = ()
) -> TrailCondition:
    """Return the condition of `trail` on `day` for `activity`: the worst of those reported.

    Hazards close it where they are in force within `span`, or at any time without one.
    """
    if closed_because(trail, [day], span, hazards):
        return TrailCondition.CLOSED
    return _condition_when_open(trail, day, activity)


def _condition_when_open(trail: Trail, day: date, activity: str) -> TrailCondition:
    conditions = [condition_of_surface(trail.surface, activity)] if trail.surface else [TrailCondition.GOOD]
    if trail.status == "PARTIALLY_CLOSED" or any(c.covers(day) for c in trail.closures):
        conditions.append(TrailCondition.FAIR)
    if trail.assessment:
        conditions.append(trail.assessment)
    return max(conditions, key=lambda condition: condition.rank)


def fits_trip(trail: Trail, trip: Trip) -> bool:
    """Return whether the trail suits the region, activity and difficulty of a trip."""
    return (
        normalise_activity(trip.activity_type) in trail.activities
        and trail.difficulty in trail_difficulties(trip.difficulty)
        and trail.region_id == trip.region_id
    )


def needs_trail(trip: Trip, snapshot: Snapshot) -> bool:
    """Return whether a trip needs a trail: its region has one for its activity."""
    return bool(snapshot.trails_for(trip.region_id, normalise_activity(trip.activity_type)))


def best_trail(
    trip: Trip,
    days: tuple[date, ...],
    span: Span,
    participants: int,
    facts: Facts,
    preferred: tuple[UUID, ...] = (),
) -> Trail | None:
    """Return the best usable trail of the region, or None: by preference, by condition on `days[0]`, by id."""
    activity = normalise_activity(trip.activity_type)
    usable = [
        trail
        for trail in facts.snapshot.trails_for(trip.region_id, activity)
        if not unusable_because(trail, trip, days, span, participants, facts.hazards)
    ]

    def rank(trail: Trail) -> tuple[int, int, UUID]:
        preference = preferred.index(trail.id) if trail.id in preferred else len(preferred)
        # It is usable, so open on all of the days.
        return (preference, _condition_when_open(trail, days[0], activity).rank, trail.id)

    return min(usable, key=rank, default=None)


def unusable_trails(trip: Trip, days: tuple[date, ...], span: Span, participants: int, facts: Facts) -> dict[UUID, str]:
    """Return what excludes each trail of the region and activity, by id, so that a person sees what would help."""
    activity = normalise_activity(trip.activity_type)
    return {
        trail.id: reason
        for trail in facts.snapshot.trails_for(trip.region_id, activity)
        if (reason := unusable_because(trail, trip, days, span, participants, facts.hazards))
    }


def unusable_because(
    trail: Trail,
    trip: Trip,
    days: tuple[date, ...],
    span: Span,
    participants: int,
    hazards: Iterable[HazardFact],
) -> str | None:
    """Return the reason why `participants` guests of `trip` cannot use the trail then, or None where they can."""
    if not fits_trip(trail, trip):
        difficulty = trail.difficulty.lower() if trail.difficulty else "of unknown difficulty"
        return f"{trail.name} is {difficulty}"
    if trail.max_group_size is not None and participants > trail.max_group_size:
        return f"{trail.name} takes groups of {trail.max_group_size}, this one has {participants}"
    return closed_because(trail, days, span, hazards)


def is_accessible(requirement: str, trip: Trip, trail: Trail | None) -> bool:
    """Return whether the trip on this trail meets a requirement of the contract's `accessibility_requirements`.

    An unknown value does not meet it.
    """
    if requirement == "FAMILY_FRIENDLY":
        easy = trail is not None and trail.difficulty in {Difficulty.EASY, Difficulty.MODERATE}
        return easy and trip.age_minimum <= FAMILY_AGE
    if requirement == "NO_WATER_CROSSINGS":
        dry = trail is not None and trail.conditions_known and trail.water_crossings_passable is None
        return dry and not is_on_water(trip.activity_type)
    if trail is None or trail.elevation_gain_m is None:
        return False
    if requirement == "LOW_ALTITUDE":
        return trail.elevation_gain_m <= LOW_ALTITUDE_M
    flat = trail.elevation_gain_m <= WHEELCHAIR_CLIMB_M and trail.surface == "DRY"
    return requirement == "WHEELCHAIR_ACCESSIBLE" and flat and trail.difficulty is Difficulty.EASY
