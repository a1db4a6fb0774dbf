"""More people than there is room for: in the departure, on the trail, with the team, at the base camp."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from conflicts.choices import Cause, ConflictType
from conflicts.detection.findings import UNKNOWN, DetectedConflict, Judgement
from conflicts.detection.scene import Case, Scene
from conflicts.detection.severity import severity_of_excess
from scheduling.domain.document import Departure
from scheduling.domain.facts import Location, Sibling
from scheduling.rules import capacity_of
from scheduling.rules.departures import peak_load


def over_departure(case: Case) -> Judgement:
    """More participants than the departure has places."""
    departure = case.departure
    return _excess(case, Cause.DEPARTURE_CAPACITY, departure.capacity, "the departure has {} places")


def over_trail(case: Case) -> Judgement:
    """A group larger than the trail takes."""
    trail_id = case.departure.trail_id
    if trail_id is None:
        return Judgement()
    trail = case.scene.snapshot.trails.get(trail_id)
    if trail is None:
        return UNKNOWN
    if trail.max_group_size is None:
        return Judgement()
    what = f"{trail.name} takes groups of {{}}"
    return _excess(
        case, Cause.TRAIL_GROUP_SIZE, trail.max_group_size, what, trail_ids=[trail_id], source=Sibling.TRAIL_MANAGEMENT
    )


def over_team(case: Case) -> Judgement:
    """More participants than the team's guides may lead together, their overrides counted."""
    departure, guides = case.departure, case.scene.snapshot.guides
    if not departure.team:
        return Judgement()
    if not departure.guide_ids <= guides.keys():
        return UNKNOWN
    allowed = sum(capacity_of(guides[key], case.adjustments_of(key), case.scene.day) for key in departure.guide_ids)
    team = sorted(departure.guide_ids)
    return _excess(
        case, Cause.TEAM_GROUP_SIZE, allowed, "its team may lead {}", guide_ids=team, source=Sibling.GUIDE_MANAGEMENT
    )


def _excess(case: Case, cause: Cause, allowed: int, what: str, **of: Any) -> Judgement:
    people = case.departure.participants
    if people <= allowed:
        return Judgement()
    found = case.conflict(
        cause,
        f"{case.departure.trip_name} has {people} guests, {what.format(allowed)}.",
        kind=ConflictType.CAPACITY_EXCEEDED,
        severity=severity_of_excess(case.departure, people, allowed, case.scene.now),
        people=people,
        allowed=allowed,
        **of,
    )
    return Judgement((found,))


def locations_touched(scene: Scene, departure_ids: Iterable[UUID]) -> list[Location]:
    """The base camps of the given departures whose capacity was read, by id."""
    departures = [scene.document.departures[key] for key in departure_ids if key in scene.document.departures]
    of_regions = (scene.snapshot.locations.get(departure.region_id) for departure in departures)
    known = {place.id: place for place in of_regions if place and place.max_capacity is not None}
    return [known[key] for key in sorted(known)]


def over_location(scene: Scene, location: Location) -> DetectedConflict | None:
    """More people at the base camp in an hour than it holds: one conflict a place and date."""
    there = [case for case in scene.cases(scene.document.departures) if _uses(case.departure, location)]
    if not there or location.max_capacity is None:
        return None
    loads = {
        case.departure_id: peak_load(scene.document, location, case.departure.span, scene.neighbours) for case in there
    }
    crowded = [case for case in there if loads[case.departure_id] > location.max_capacity]
    if not crowded:
        return None
    return _crowd(crowded, location, location.max_capacity, max(loads.values()))


def _uses(departure: Departure, location: Location) -> bool:
    return departure.location_id == location.id and bool(departure.team)


def _crowd(crowded: list[Case], location: Location, allowed: int, people: int) -> DetectedConflict:
    first = crowded[0]
    severities = [severity_of_excess(case.departure, people, allowed, case.scene.now) for case in crowded]
    found = first.conflict(
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
        found,
        subjects=(location.id,),
        departure_ids=tuple(case.departure_id for case in crowded),
        trip_ids=tuple(dict.fromkeys(case.departure.trip_id for case in crowded)),
        guests=sum(case.departure.participants for case in crowded),
    )
