"""CLOSE_TRAIL: move the departures of a trail to the best open alternative and cancel those without one."""

from typing import Any

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.options import DepartureEdit, Option, SiblingCall
from conflicts.resolution.problem import Problem, Spot
from optimization.strategies.proposal import propose, solves
from scheduling.domain.document import DepartureStatus
from scheduling.domain.facts import Sibling, Trail
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import best_trail


def search_other_trails(problem: Problem) -> list[Option]:
    """Return at most one option, for all departures on the trail on the conflict's date."""
    trails = problem.details.get("affected_trail_ids", [])
    if problem.cause not in {Cause.TRAIL, Cause.TRAIL_HAZARD} or len(trails) != 1:
        return []
    spots = _on_trail(trails[0], problem)
    chosen = {spot.departure_id: _alternative(spot, problem) for spot in spots}
    edits = [_edit(spot, chosen[spot.departure_id]) for spot in spots]
    if not spots or not solves(problem, problem.facts, edits):
        return []
    return [_option(trails[0], spots, chosen, edits, problem)]


def _on_trail(trail_id: str, problem: Problem) -> list[Spot]:
    document = problem.documents[problem.day]
    return [
        Spot(problem.day, key, departure)
        for key, departure in sorted(document.departures.items())
        if str(departure.trail_id) == trail_id and departure.may_be_replanned(problem.now)
    ]


def _alternative(spot: Spot, problem: Problem) -> Trail | None:
    departure = spot.departure
    trip = problem.facts.snapshot.trips.get(departure.trip_id)
    if trip is None:
        return None
    trail = best_trail(trip, days_of(departure), departure.span, departure.participants, problem.facts)
    edit = _edit(spot, trail)
    is_other = trail is not None and trail.id != departure.trail_id
    return trail if is_other and _breaks_no_rule(problem, edit) else None


def _breaks_no_rule(problem: Problem, edit: DepartureEdit) -> bool:
    """Return True where the edit breaks no rule: a restriction of its guides may forbid the other trail."""
    changed = {edit.day: problem.documents[edit.day].copy_for_editing()}
    edit.apply(changed)
    return problem.introduces_nothing(problem.facts, changed, [edit.departure_id])


def _edit(spot: Spot, trail: Trail | None) -> DepartureEdit:
    fields: dict[str, Any] = {"trail_id": str(trail.id)} if trail else {"status": DepartureStatus.CANCELLED.value}
    return DepartureEdit(day=spot.day, departure_id=spot.departure_id, fields=fields)


def _option(
    trail_id: str, spots: list[Spot], chosen: dict[Any, Trail | None], edits: list[DepartureEdit], problem: Problem
) -> Option:
    moved = [spot for spot in spots if chosen[spot.departure_id]]
    cancelled = [spot for spot in spots if not chosen[spot.departure_id]]
    guests = sum(spot.departure.participants for spot in spots)
    lost = sum(spot.departure.participants for spot in cancelled)
    closure = _closure(trail_id, problem)
    return propose(
        problem,
        Strategy.CLOSE_TRAIL,
        trail_id,
        edits,
        description=f"Close the trail on {problem.day}: {len(moved)} departures moved, {len(cancelled)} cancelled.",
        impact_assessment=f"{guests - lost} guests go on another trail, {lost} lose their trip.",
        estimated_affected_guests=guests,
        requires_guest_notification=guests > 0,
        calls=(closure,),
    )


def _closure(trail_id: str, problem: Problem) -> SiblingCall:
    day = problem.day.isoformat()
    body = {
        "reason": str(problem.details["description"])[:500],
        "start_date": day,
        "end_date": day,
        "severity": "SEVERE",
        "alternate_route_available": False,
    }
    return SiblingCall(
        destination=Sibling.TRAIL_MANAGEMENT,
        key=trail_id,
        kind="trail.closed",
        payload={"trail_id": trail_id, "body": body},
    )
