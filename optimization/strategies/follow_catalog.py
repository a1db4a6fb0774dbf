"""RESCHEDULE_TRIP to what the catalog lists: at its date and time with a team, or not at all where it was cancelled."""

from dataclasses import replace
from typing import Any

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.options import DepartureEdit, Option
from conflicts.resolution.problem import Problem, Spot
from optimization.strategies.other_places import search_other_places
from optimization.strategies.proposal import apply_to_copies, propose
from optimization.strategies.replacement_team import certified_pool
from optimization.strategies.reschedule_trip import search_other_times, team_at, with_open_trail
from scheduling.domain.catalog_changes import MOVED_BY_CATALOG, Place, follow
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.text import counted
from scheduling.rules import Facts
from scheduling.rules.inputs import days_of

# What following may change; whatever else is in the departure by the time of the resolution stays.
_FIELDS = (
    "trip_id",
    "region_id",
    "location_id",
    "trail_id",
    "starts_at",
    "ends_at",
    "status",
    "team",
    "unassigned_reason",
    "catalog",
    "catalog_change",
)


def search_reschedulings(problem: Problem) -> list[Option]:
    """Return the option to follow the catalog where it is the cause; else up to three other times or places."""
    if problem.cause.is_of_the_catalog:
        return [option for spot in problem.movable() if (option := _following(spot, problem))]
    if problem.cause is Cause.GUESTS_WITHOUT_PLACE:
        return search_other_places(problem)
    return search_other_times(problem)


def _following(spot: Spot, problem: Problem) -> Option | None:
    """Return the option to follow, None where the catalog agrees with the departure by now or its region is unknown."""
    base, theirs, snapshot = spot.departure.catalog, spot.departure.catalog_change, problem.facts.snapshot
    region = snapshot.regions.get(theirs.region_id) if theirs else None
    if base is None or theirs is None or region is None:
        return None
    location = snapshot.locations.get(region.id)
    departure = spot.departure.model_copy(deep=True)
    followed = follow(departure, spot.day, base, theirs, Place(region.timezone, location.id if location else None))
    after = Spot(followed.moves_to or spot.day, spot.departure_id, departure, spot.departure_id)
    if departure.status is DepartureStatus.CANCELLED:
        return _cancellation(spot, after, problem)
    return _move(spot, _staffed(spot, after, problem) if followed.is_moved else after, problem)


def _staffed(spot: Spot, after: Spot, problem: Problem) -> Spot:
    """Return the departure with a team that may go then, the present one if it may; without any where none may."""
    unstaffed = after.departure.model_copy(update={"team": [], "unassigned_reason": MOVED_BY_CATALOG})
    is_known = set(days_of(after.departure)) <= problem.facts.snapshot.available.keys()
    planned = with_open_trail(after, problem) if is_known else None
    if planned is None or after.day not in problem.documents:
        return replace(after, departure=unstaffed)
    pool = certified_pool(planned, problem)
    team = team_at(planned.departure, pool)
    staffed = replace(planned, departure=planned.departure.model_copy(update={"team": team or []}))
    if team is None or _breaks_a_rule(spot, staffed, problem, pool.facts):
        return replace(after, departure=unstaffed)
    return staffed


def _breaks_a_rule(spot: Spot, after: Spot, problem: Problem, facts: Facts) -> bool:
    changed = apply_to_copies(problem, [_edit(spot, after)])
    return problem.breaks_a_rule(facts, changed, [after.departure_id])


def _edit(spot: Spot, after: Spot) -> DepartureEdit:
    dumped = after.departure.model_dump(mode="json", by_alias=True)
    return DepartureEdit(
        day=spot.day,
        departure_id=spot.departure_id,
        fields={name: dumped.get(name) for name in _FIELDS},
        moves_to=after.day if after.day != spot.day else None,
    )


def _move(spot: Spot, after: Spot, problem: Problem) -> Option | None:
    if after.day not in problem.documents:
        return None
    departure = after.departure
    led = f"led by {departure.team[0].guide_name}" if departure.team else "without a team for now"
    return _option(
        spot,
        after,
        problem,
        description=f"{departure.trip_name} on {departure.starts_at:%A %d %B, %H:%M}, as in the catalog, {led}.",
        impact_assessment=f"{_guests(departure)} go at {departure.starts_at:%H:%M} on {after.day} "
        f"instead of {spot.departure.starts_at:%H:%M} on {spot.day}.",
    )


def _cancellation(spot: Spot, after: Spot, problem: Problem) -> Option:
    departure = after.departure
    return _option(
        spot,
        after,
        problem,
        description=f"{departure.trip_name} is cancelled, as in the catalog; its guides are told when it is published.",
        impact_assessment=f"{_guests(departure)} do not go.",
    )


def _option(spot: Spot, after: Spot, problem: Problem, **texts: Any) -> Option:
    guests = spot.departure.participants
    return propose(
        problem,
        Strategy.RESCHEDULE_TRIP,
        f"{spot.departure_id} as in the catalog",
        [_edit(spot, after)],
        estimated_affected_guests=guests,
        requires_guest_notification=guests > 0,
        **texts,
    )


def _guests(departure: Departure) -> str:
    return counted(departure.participants, "guest")
