"""SPLIT_GROUP: a part of a group that is too large goes on another departure of the trip, with another team."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.resolution.problem import Problem, Spot
from conflicts.resolution.registry import Candidate
from conflicts.steps import MoveGuests, Steps
from optimization.strategies.new_departures import additions_beside
from optimization.strategies.other_departures import excess_of, going_departures, latest_bookings, room_on, smaller
from optimization.strategies.replacement_team import certified_pool, reassignment
from scheduling.domain.limits import LARGEST_TEAM


def search_splits(problem: Problem) -> Iterator[Candidate]:
    """Yield other departures for those who booked last and are too many, going anyway or new; the nearest first."""
    if not problem.cause.is_of_too_many and problem.cause is not Cause.NO_LEAD:
        return
    for spot in problem.movable():
        excess = _excess(spot, problem)
        leaving = latest_bookings(spot.departure, excess, problem.booked) if excess > 0 else ()
        guests = sum(spot.departure.reservations[key] for key in leaving)
        if 0 < guests < spot.departure.participants:
            yield from _splits_of(spot, leaving, problem)


def _splits_of(spot: Spot, leaving: tuple[UUID, ...], problem: Problem) -> Iterator[Candidate]:
    guests = sum(spot.departure.reservations[key] for key in leaving)
    rest = _staffing_of_rest(smaller(spot, guests), problem)
    if rest is None:
        return
    near, own = spot.departure.starts_at, {spot.departure_id}
    for other in going_departures(spot.departure.trip_id, near, problem, without=own):
        if room_on(other.departure) >= guests:
            yield Strategy.SPLIT_GROUP, (_move(spot, leaving, other.day, other.departure_id), *rest)
    for new in additions_beside(spot, guests, problem):
        move = _move(spot, leaving, new.add.day, new.add.departure_id)
        yield Strategy.SPLIT_GROUP, (new.add, move, *new.staffing, *rest)


def _move(spot: Spot, leaving: tuple[UUID, ...], day: date, departure_id: UUID) -> MoveGuests:
    return MoveGuests(day=spot.day, departure_id=spot.departure_id, to_day=day, to=departure_id, reservations=leaving)


def _excess(spot: Spot, problem: Problem) -> int:
    """Return how many guests are too many: for what the conflict is about, or for any team that could lead them."""
    if problem.cause is Cause.NO_LEAD:
        largest = sorted((c.capacity for c in certified_pool(spot, problem).ranked), reverse=True)
        covered = sum(islice(largest, LARGEST_TEAM))
        return spot.departure.participants - covered if covered else 0
    return excess_of(problem)


def _staffing_of_rest(spot: Spot, problem: Problem) -> Steps | None:
    """Return the step to a team for those who stay where there is none, None where nobody can lead them."""
    if problem.cause is not Cause.NO_LEAD:
        return ()
    team = next(certified_pool(spot, problem).teams(spot.departure.team), None)
    return (reassignment(spot, team),) if team else None
