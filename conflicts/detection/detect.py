"""Every rule over every departure asked about."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from conflicts.choices import Cause
from conflicts.detection import capacity, double_bookings, guides, trails_and_weather
from conflicts.detection.findings import DetectedConflict, Detection, Judgement
from conflicts.detection.scene import Case, Scene

RULES: Mapping[Cause, Callable[[Case], Judgement]] = {
    Cause.CERTIFICATION: guides.each_member(guides.lacks_certification),
    Cause.RESTRICTION: guides.each_member(guides.breaks_restriction),
    Cause.NO_LEAD: guides.nobody_leads,
    Cause.OVERLAP: guides.each_member(double_bookings.overlaps),
    Cause.REST: guides.each_member(double_bookings.rests_too_little),
    Cause.AVAILABILITY_EXCEPTION: guides.each_member(guides.is_away),
    Cause.NOT_AVAILABLE: guides.each_member(guides.is_unavailable),
    Cause.HELD_BY_EMERGENCY: guides.each_member(guides.is_held),
    Cause.TRAIL: trails_and_weather.trail_closed,
    Cause.TRAIL_HAZARD: trails_and_weather.trail_in_danger,
    Cause.WEATHER_WARNING: trails_and_weather.weather_alert,
    Cause.STORM_FORECAST: trails_and_weather.storm_forecast,
    Cause.WEATHER_EMERGENCY: trails_and_weather.weather_emergency,
    Cause.DEPARTURE_CAPACITY: capacity.over_departure,
    Cause.TRAIL_GROUP_SIZE: capacity.over_trail,
    Cause.TEAM_GROUP_SIZE: capacity.over_team,
}


def detect(scene: Scene, departure_ids: Collection[UUID]) -> Detection:
    """What is wrong with the given departures, and which rules were judged of them in full."""
    found: dict[str, DetectedConflict] = {}
    judged: set[tuple[str, str]] = set()
    for case in scene.cases(departure_ids):
        for cause, rule in RULES.items():
            verdict = rule(case)
            found |= {conflict.fingerprint: conflict for conflict in verdict.found}
            if verdict.is_complete:
                judged.add((cause.value, str(case.departure_id)))
    for location in capacity.locations_touched(scene, departure_ids):
        crowd = capacity.over_location(scene, location)
        found |= {crowd.fingerprint: crowd} if crowd else {}
        judged.add((Cause.LOCATION_CAPACITY.value, str(location.id)))
    return Detection(tuple(found.values()), frozenset(judged))
