"""CLOSE_TRAIL: move the departures of a trail to the best open alternative and cancel those without one."""

from collections.abc import Iterator
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.resolution.judging import harms_nothing
from conflicts.resolution.problem import Problem, Spot
from conflicts.resolution.registry import Candidate
from conflicts.steps import Cancel, Reroute
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import best_trail


def search_other_trails(problem: Problem) -> Iterator[Candidate]:
    """Yield at most one candidate, for all departures on the trail on the conflict's date."""
    if problem.cause not in {Cause.TRAIL, Cause.TRAIL_HAZARD} or len(problem.trail_ids) != 1:
        return
    steps = tuple(_alternative(spot, problem) for spot in _on_trail(problem.trail_ids[0], problem))
    if steps:
        yield Strategy.CLOSE_TRAIL, steps


def _on_trail(trail_id: UUID, problem: Problem) -> list[Spot]:
    document = problem.documents[problem.day]
    return [
        Spot(problem.day, key, departure)
        for key, departure in sorted(document.departures.items())
        if departure.trail_id == trail_id and departure.may_be_replanned(problem.now)
    ]


def _alternative(spot: Spot, problem: Problem) -> Reroute | Cancel:
    """Return the step to another trail; to the end of the departure where a rule, or its guides' own, forbids any."""
    departure = spot.departure
    trip = problem.facts.snapshot.trips.get(departure.trip_id)
    trail = (
        best_trail(trip, days_of(departure), departure.span, departure.participants, problem.facts) if trip else None
    )
    if trail is not None and trail.id != departure.trail_id:
        reroute = Reroute(day=spot.day, departure_id=spot.departure_id, trail_id=trail.id)
        if harms_nothing(problem, (reroute,)):
            return reroute
    return Cancel(day=spot.day, departure_id=spot.departure_id)
