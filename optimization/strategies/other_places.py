"""RESCHEDULE_TRIP for guests whose departure is cancelled: onto another one of their trip, or onto a new one."""

from collections.abc import Iterator

from conflicts.choices import Strategy
from conflicts.resolution.problem import Problem, Spot
from conflicts.resolution.registry import Candidate
from conflicts.steps import Cancel, MoveGuests
from optimization.strategies.reschedule_trip import search_other_dates


def search_other_places(problem: Problem) -> Iterator[Candidate]:
    """Yield departures that take all guests of the cancelled one: those that run, then new ones on other dates.

    What the catalog sold without a reservation known here cannot be moved, and is offered nothing.
    """
    left = problem.cancelled()
    if left is None or left.departure.participants != sum(left.departure.reservations.values()):
        return
    for spot in _others_of_trip(left, problem):
        key = spot.departure_id
        yield (
            Strategy.RESCHEDULE_TRIP,
            (
                MoveGuests(day=left.day, departure_id=left.departure_id, to_day=spot.day, to=key),
                Cancel(day=left.day, departure_id=left.departure_id, rescheduled_to=key),
            ),
        )
    yield from search_other_dates(left, problem)


def _others_of_trip(left: Spot, problem: Problem) -> list[Spot]:
    spots = [
        Spot(day, key, departure)
        for day, document in problem.documents.items()
        for key, departure in document.departures.items()
        if departure.trip_id == left.departure.trip_id and departure.may_be_replanned(problem.now)
    ]
    return sorted(spots, key=lambda spot: (abs(spot.departure.starts_at - left.departure.starts_at), spot.departure_id))
