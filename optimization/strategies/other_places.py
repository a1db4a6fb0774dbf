"""RESCHEDULE_TRIP for guests without a place: onto other departures of their trip, or onto a new one."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.resolution.problem import Problem, Spot
from conflicts.resolution.registry import Candidate
from conflicts.steps import Cancel, MoveGuests, SeatWaiting
from optimization.strategies.new_departures import additions_beside
from optimization.strategies.other_departures import going_departures, room_on, spread
from optimization.strategies.reschedule_trip import search_other_dates


def search_other_places(problem: Problem) -> Iterator[Candidate]:
    """Yield places for all guests that the conflict names: on one departure, on several, or on a new one."""
    left = problem.cancelled()
    if left is not None:
        yield from _instead_of(left, problem)
    elif problem.unseated:
        yield from _for_waiting(problem)


def _instead_of(left: Spot, problem: Problem) -> Iterator[Candidate]:
    """Yield places for the guests of a cancelled departure.

    What the catalog sold without a reservation known here cannot be moved, and is offered nothing.
    """
    guests, at = left.departure.reservations, {"day": left.day, "departure_id": left.departure_id}
    if left.departure.participants != sum(guests.values()):
        return
    going = list(going_departures(left.departure.trip_id, left.departure.starts_at, problem))
    for spot in going:
        if room_on(spot.departure) >= left.departure.participants:
            move = MoveGuests(**at, to_day=spot.day, to=spot.departure_id)
            yield Strategy.RESCHEDULE_TRIP, (move, Cancel(**at, rescheduled_to=spot.departure_id))
    parts = spread(guests, going)
    if len(parts) > 1:
        yield (
            Strategy.RESCHEDULE_TRIP,
            tuple(MoveGuests(**at, to_day=spot.day, to=key, reservations=own) for key, (spot, own) in parts.items()),
        )
    yield from search_other_dates(left, problem)


def _for_waiting(problem: Problem) -> Iterator[Candidate]:
    """Yield places for reservations that wait for any departure of their trip, on their date first."""
    waiting = {key: problem.waiting[key] for key in problem.unseated if key in problem.waiting}
    trip_id, people = UUID(problem.details["affected_trip_ids"][0]), sum(waiting.values())
    noon = datetime.combine(problem.day, time(12), UTC)
    going = sorted(going_departures(trip_id, noon, problem), key=lambda spot: spot.day != problem.day)
    for spot in going:
        if room_on(spot.departure) >= people:
            yield Strategy.RESCHEDULE_TRIP, (_seat(spot, tuple(sorted(waiting))),)
    parts = spread(waiting, going)
    if len(parts) > 1:
        yield Strategy.RESCHEDULE_TRIP, tuple(_seat(spot, own) for spot, own in parts.values())
    for like in _any_of_trip(trip_id, problem):
        for new in additions_beside(like, people, problem):
            seat = SeatWaiting(day=new.add.day, departure_id=new.add.departure_id, reservations=tuple(sorted(waiting)))
            yield Strategy.RESCHEDULE_TRIP, (new.add, seat, *new.staffing)


def _seat(spot: Spot, reservations: tuple[UUID, ...]) -> SeatWaiting:
    return SeatWaiting(day=spot.day, departure_id=spot.departure_id, reservations=reservations)


def _any_of_trip(trip_id: UUID, problem: Problem) -> list[Spot]:
    """Return the departure of the trip that is nearest to the conflict's date, whatever became of it."""
    spots = [
        Spot(day, key, departure)
        for day, document in problem.documents.items()
        for key, departure in document.departures.items()
        if departure.trip_id == trip_id
    ]
    return sorted(spots, key=lambda spot: (abs(spot.day - problem.day), spot.departure_id))[:1]
