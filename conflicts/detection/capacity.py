"""Conflicts of capacity: more people than the departure, the trail, the team or the base camp takes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.findings import CLEAR, UNKNOWN, DetectedConflict, Judgement
from conflicts.detection.scene import Case, Scene
from conflicts.detection.severity import severity_of_excess
from scheduling.domain.facts import Location, Sibling
from scheduling.domain.text import counted
from scheduling.rules import capacity_of
from scheduling.rules.camp_load import CampLoad


def judge_departure_capacity(case: Case) -> Judgement:
    """Find more participants than the departure has places."""
    places = case.departure.capacity
    return _excess(case, Cause.DEPARTURE_CAPACITY, places, f"the departure has {counted(places, 'place')}")


def judge_trail_group_size(case: Case) -> Judgement:
    """Find a group larger than the trail takes."""
    trail_id = case.departure.trail_id
    if trail_id is None:
        return CLEAR
    trail = case.scene.snapshot.trails.get(trail_id)
    if trail is None:
        return UNKNOWN
    if trail.max_group_size is None:
        return CLEAR
    limit = f"{trail.name} takes groups of {trail.max_group_size}"
    return _excess(
        case, Cause.TRAIL_GROUP_SIZE, trail.max_group_size, limit, trail_ids=[trail_id], source=Sibling.TRAIL_MANAGEMENT
    )


def judge_team_group_size(case: Case) -> Judgement:
    """Find more participants than the team's guides may lead together, their group-size overrides included."""
    departure, guides = case.departure, case.scene.snapshot.guides
    if not departure.team:
        return CLEAR
    if not departure.guide_ids <= guides.keys():
        return UNKNOWN
    allowed = sum(capacity_of(guides[key], case.adjustments_of(key), case.scene.day) for key in departure.guide_ids)
    team, limit = sorted(departure.guide_ids), f"its team may lead {allowed}"
    return _excess(case, Cause.TEAM_GROUP_SIZE, allowed, limit, guide_ids=team, source=Sibling.GUIDE_MANAGEMENT)


def _excess(case: Case, cause: Cause, allowed: int, limit: str, **about: Any) -> Judgement:
    people = case.departure.participants
    if people <= allowed:
        return CLEAR
    conflict = case.conflict(
        cause,
        f"{case.name} has {counted(people, 'guest')}, {limit}.",
        kind=ConflictType.CAPACITY_EXCEEDED,
        severity=severity_of_excess(case.departure, people, allowed, case.scene.now),
        people=people,
        allowed=allowed,
        **about,
    )
    return Judgement((conflict,))


def locations_of(scene: Scene, departure_ids: Iterable[UUID]) -> list[Location]:
    """The base camps of the given departures that have a known capacity, by id."""
    departures = [scene.document.departures[key] for key in departure_ids if key in scene.document.departures]
    locations = (scene.snapshot.locations.get(departure.region_id) for departure in departures)
    limited = {location.id: location for location in locations if location and location.max_capacity is not None}
    return [limited[key] for key in sorted(limited)]


def find_crowding(scene: Scene, location: Location) -> DetectedConflict | None:
    """Find more people at the base camp at a moment than it holds: one conflict per location and date."""
    if location.max_capacity is None:
        return None
    load = _load_of(scene, location)
    if load.highest <= location.max_capacity:
        return None
    cases = [case for case in scene.cases(scene.document.departures_from(location.id)) if case.departure.team]
    loads = {case.departure_id: load.peak(case.departure.span) for case in cases}
    crowded = [case for case in cases if loads[case.departure_id] > location.max_capacity]
    if not crowded:
        return None
    return _crowding(crowded, location, location.max_capacity, max(loads.values()))


def _load_of(scene: Scene, location: Location) -> CampLoad:
    if scene.loads:
        return scene.loads.of(location.id)
    return CampLoad.of((*scene.document.departures_from(location.id).values(), *scene.neighbours), location.id)


def _crowding(crowded: list[Case], location: Location, allowed: int, people: int) -> DetectedConflict:
    first = crowded[0]
    severities = [severity_of_excess(case.departure, people, allowed, case.scene.now) for case in crowded]
    conflict = first.conflict(
        Cause.LOCATION_CAPACITY,
        f"{people} people at the base camp at once, it holds {allowed}.",
        kind=ConflictType.CAPACITY_EXCEEDED,
        severity=max(severities, key=lambda severity: severity.rank),
        source=Sibling.LOCATION_SERVICES,
        location_id=str(location.id),
        people=people,
        allowed=allowed,
    )
    return replace(
        conflict,
        subjects=(location.id,),
        departure_ids=tuple(case.departure_id for case in crowded),
        plans={},
        trip_ids=tuple(dict.fromkeys(case.departure.trip_id for case in crowded)),
        guests=sum(case.departure.participants for case in crowded),
    )
