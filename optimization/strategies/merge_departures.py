"""RESCHEDULE_TRIP by merging: all guests go on another departure of their trip that goes anyway."""

from collections.abc import Iterator

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.resolution.problem import Problem
from conflicts.resolution.registry import Candidate
from conflicts.steps import Cancel, MoveGuests
from optimization.strategies.other_departures import going_departures, room_on


def search_mergers(problem: Problem) -> Iterator[Candidate]:
    """Yield departures with room for all guests of the conflict's, which is cancelled; the nearest first.

    Whom the catalog sold a seat, without a reservation known here, cannot be moved: then there is nothing to merge.
    """
    if problem.cause.is_of_the_catalog or problem.cause is Cause.GUESTS_WITHOUT_PLACE:
        return
    for spot in problem.movable():
        left, key = spot.departure, spot.departure_id
        if not left.reservations or left.participants > sum(left.reservations.values()):
            continue
        for other in going_departures(left.trip_id, left.starts_at, problem, without={key}):
            if room_on(other.departure) >= left.participants:
                move = MoveGuests(day=spot.day, departure_id=key, to_day=other.day, to=other.departure_id)
                cancel = Cancel(day=spot.day, departure_id=key, rescheduled_to=other.departure_id)
                yield Strategy.RESCHEDULE_TRIP, (move, cancel)
