"""The last resort: the departure is cancelled and its guests are told."""

from collections.abc import Iterator

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.resolution.problem import Problem
from conflicts.resolution.registry import Candidate
from conflicts.steps import Cancel

_OF_TRAILS = {Cause.TRAIL, Cause.TRAIL_HAZARD}


def search_cancellations(problem: Problem) -> Iterator[Candidate]:
    """Yield the end of each of the departures: unpublished ones first, of them those with the fewest guests."""
    cause = problem.cause
    if cause.is_of_the_catalog or cause in {Cause.GUESTS_WITHOUT_PLACE, Cause.GUIDE_NOTE}:
        return
    strategy = Strategy.CLOSE_TRAIL if cause in _OF_TRAILS else Strategy.RESCHEDULE_TRIP
    for spot in problem.movable():
        yield strategy, (Cancel(day=spot.day, departure_id=spot.departure_id),)
