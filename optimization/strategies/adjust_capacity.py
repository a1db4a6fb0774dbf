"""ADJUST_CAPACITY: another guide where a team is too small, more places where everything else allows them."""

from collections.abc import Iterator

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.resolution.problem import Problem, Spot
from conflicts.resolution.registry import Candidate
from conflicts.steps import LeaveOut, Resize, Step, Steps
from optimization.strategies.other_departures import excess_of, latest_bookings
from optimization.strategies.replacement_team import certified_pool, reassignment
from optimization.strategies.unled_departure import Resolution, UnledDeparture
from scheduling.domain.facts import Trip
from scheduling.domain.text import counted


def search_other_sizes(problem: Problem) -> Iterator[Candidate]:
    """Yield assistants who make the team large enough, or as many places as guests; then a cap at what is allowed."""
    search = {Cause.TEAM_GROUP_SIZE: _with_assistant, Cause.DEPARTURE_CAPACITY: _with_more_places}.get(problem.cause)
    if search:
        for spot in problem.movable():
            for step in search(spot, problem):
                yield Strategy.ADJUST_CAPACITY, (step,)
    if problem.cause.is_of_too_many:
        for spot in problem.movable():
            steps = _capped(spot, problem)
            if steps:
                yield Strategy.ADJUST_CAPACITY, steps


def find_more_places(unled: UnledDeparture, places: int) -> Resolution | None:
    """Return a resolution with `places` in all, None where the trip, the trail, the camp or the team forbid them."""
    departure = unled.departure
    larger = departure.model_copy(update={"capacity": places})
    trip = unled.facts.snapshot.trips.get(departure.trip_id)
    if not may_have_places(trip, places) or not unled.is_feasible(larger) or not unled.can_be_led(larger):
        return None
    more = counted(places - departure.capacity, "more place")
    return Resolution(Strategy.ADJUST_CAPACITY, f"{more} on {departure.trip_name} at {departure.starts_at:%H:%M}")


def may_have_places(trip: Trip | None, places: int) -> bool:
    """Return True where a departure of the trip may have so many places; an unknown trip allows none."""
    return trip is not None and places <= trip.max_participants


def _with_more_places(spot: Spot, problem: Problem) -> Iterator[Step]:
    """Yield a place for every guest, where the trip allows so many."""
    places = spot.departure.participants
    if may_have_places(problem.facts.snapshot.trips.get(spot.departure.trip_id), places):
        yield Resize(day=spot.day, departure_id=spot.departure_id, places=places)


def _with_assistant(spot: Spot, problem: Problem) -> Iterator[Step]:
    for team in certified_pool(spot, problem).teams(spot.departure.team):
        yield reassignment(spot, team)


def _capped(spot: Spot, problem: Problem) -> Steps:
    """Return the steps to as many guests as are allowed: those who booked last lose their place.

    No reservation does so in parts. There are no steps where too many of the guests are seats that the catalog sold,
    without a reservation known here.
    """
    departure, at = spot.departure, {"day": spot.day, "departure_id": spot.departure_id}
    excess = excess_of(problem)
    leaving = latest_bookings(departure, excess, problem.booked) if excess > 0 else ()
    if not leaving or excess >= departure.participants:
        return ()
    allowed = departure.participants - excess
    resize = (Resize(**at, places=allowed),) if allowed != departure.capacity else ()
    return (*resize, LeaveOut(**at, reservations=leaving))
