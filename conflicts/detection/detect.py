"""Every rule over the departures of a scene."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from conflicts.detection import capacity, catalog, double_bookings, guests, guides, trails_and_weather
from conflicts.detection.causes import Cause
from conflicts.detection.findings import DetectedConflict, Detection, Judgement
from conflicts.detection.scene import Case, Scene

RULES: Mapping[Cause, Callable[[Case], Judgement]] = {
    Cause.CERTIFICATION: guides.for_each_member(guides.judge_certification),
    Cause.RESTRICTION: guides.for_each_member(guides.judge_restrictions),
    Cause.NO_LEAD: guides.judge_lead,
    Cause.OVERLAP: guides.for_each_member(double_bookings.judge_overlap),
    Cause.REST: guides.for_each_member(double_bookings.judge_rest),
    Cause.AVAILABILITY_EXCEPTION: guides.for_each_member(guides.judge_absence),
    Cause.NOT_AVAILABLE: guides.for_each_member(guides.judge_availability),
    Cause.HELD_BY_EMERGENCY: guides.for_each_member(guides.judge_hold),
    Cause.GUIDE_NOTE: guides.for_each_member(guides.judge_notes),
    Cause.NO_TRAIL: trails_and_weather.judge_lack_of_trail,
    Cause.TRAIL: trails_and_weather.judge_trail,
    Cause.TRAIL_HAZARD: trails_and_weather.judge_trail_hazards,
    Cause.WEATHER_WARNING: trails_and_weather.judge_weather_alerts,
    Cause.STORM_FORECAST: trails_and_weather.judge_forecast,
    Cause.WEATHER_EMERGENCY: trails_and_weather.judge_weather_emergencies,
    Cause.DEPARTURE_CAPACITY: capacity.judge_departure_capacity,
    Cause.TRAIL_GROUP_SIZE: capacity.judge_trail_group_size,
    Cause.TEAM_GROUP_SIZE: capacity.judge_team_group_size,
    Cause.CATALOG_MOVED: catalog.judge_catalog_times,
    Cause.CATALOG_CANCELLED: catalog.judge_catalog_cancellation,
}
_RULES_BY_NAME = [(cause.value, rule) for cause, rule in RULES.items()]


def detect(scene: Scene, departure_ids: Collection[UUID], waiting_for: Collection[UUID] = ()) -> Detection:
    """Return the conflicts of the given departures, and which rules were judged of them in full.

    `waiting_for` are the trips of which guests wait, or waited, for any departure of the date.
    """
    conflicts, judged = _guests_without_place(scene, departure_ids, waiting_for)
    for case in scene.cases(departure_ids):
        subject = str(case.departure_id)
        for cause, rule in _RULES_BY_NAME:
            judgement = rule(case)
            if judgement.conflicts:
                conflicts |= {conflict.fingerprint: conflict for conflict in judgement.conflicts}
            if judgement.is_complete:
                judged.add((cause, subject))
    for location in capacity.locations_of(scene, departure_ids):
        crowding = capacity.find_crowding(scene, location)
        conflicts |= {crowding.fingerprint: crowding} if crowding else {}
        judged.add((Cause.LOCATION_CAPACITY.value, str(location.id)))
    return Detection(tuple(conflicts.values()), frozenset(judged))


def _guests_without_place(
    scene: Scene, departure_ids: Collection[UUID], waiting_for: Collection[UUID]
) -> tuple[dict[str, DetectedConflict], set[tuple[str, str]]]:
    found = [guests.judge_cancelled(case) for case in scene.cancelled(departure_ids)]
    found += [guests.find_waiting(scene, trip_id) for trip_id in waiting_for]
    lists = (guests.waiting_list_id(scene.day, trip_id) for trip_id in waiting_for)
    cause = Cause.GUESTS_WITHOUT_PLACE.value
    judged = {(cause, str(subject)) for subject in (*departure_ids, *lists)}
    return {conflict.fingerprint: conflict for conflict in found if conflict}, judged
