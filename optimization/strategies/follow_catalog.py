"""RESCHEDULE_TRIP to what the catalog lists: at its date and time with a team, or not at all where it was cancelled."""

from collections.abc import Iterator

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.resolution.judging import breaks_a_rule, change_by
from conflicts.resolution.problem import Problem, Spot
from conflicts.resolution.registry import Candidate
from conflicts.steps import Follow, Steps
from optimization.strategies.other_places import search_other_places
from optimization.strategies.replacement_team import certified_pool, reassignment, rerouting
from optimization.strategies.reschedule_trip import search_other_times, team_at, with_open_trail
from scheduling.rules.inputs import days_of


def search_reschedulings(problem: Problem) -> Iterator[Candidate]:
    """Yield the step that follows the catalog where it is the cause; else other times or places."""
    if problem.cause.is_of_the_catalog:
        for spot in problem.movable():
            steps = _following(spot, problem)
            if steps:
                yield Strategy.RESCHEDULE_TRIP, steps
    elif problem.cause is Cause.GUESTS_WITHOUT_PLACE:
        yield from search_other_places(problem)
    else:
        yield from search_other_times(problem)


def _following(spot: Spot, problem: Problem) -> Steps | None:
    """Return the steps that follow, None where the catalog agrees with the departure by now."""
    listed = spot.departure.catalog_change
    if listed is None:
        return None
    step = Follow.to(spot.day, spot.departure_id, listed)
    changed = change_by(problem, (step,))
    if changed is None:
        return None
    day = next(day for day, document in changed.items() if spot.departure_id in document.departures)
    after = Spot(day, spot.departure_id, changed[day].departures[spot.departure_id], spot.departure_id)
    if after.departure.is_cancelled or after.departure.span == spot.departure.span:
        return (step,)
    staffed = (step, *_staffing(after, problem))
    kept = change_by(problem, staffed)
    if kept is not None and not breaks_a_rule(problem, kept, [spot.departure_id]):
        return staffed
    return (step, reassignment(after, ())) if after.departure.team else (step,)


def _staffing(after: Spot, problem: Problem) -> Steps:
    """Return the steps to a trail that is open then and a team that may go, the present one if it may, or to none."""
    is_known = set(days_of(after.departure)) <= problem.facts.snapshot.available.keys()
    planned = with_open_trail(after, problem) if is_known else None
    team = team_at(planned.departure, certified_pool(planned, problem)) if planned else None
    change = reassignment(after, team or ())
    trail_id = planned.departure.trail_id if planned and team else None
    reroute = rerouting(after.day, after.departure_id, after.departure.trail_id, trail_id)
    return (*reroute, *([change] if change.changes(after.departure) else []))
