"""ADJUST_CAPACITY: another guide where a team is too small, more places where everything else allows them."""

from itertools import islice

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.options import DepartureEdit, Option
from conflicts.resolution.problem import Problem, Spot
from optimization.strategies.proposal import MAX_OFFERED, propose, solves, team_fields
from optimization.strategies.replacement_team import certified_pool
from optimization.strategies.unled_departure import Resolution, UnledDeparture
from scheduling.domain.document import TeamMember
from scheduling.domain.facts import Trip
from scheduling.domain.text import counted


def search_other_sizes(problem: Problem) -> list[Option]:
    """Return up to three assistants who make the team large enough, best first; or as many places as guests."""
    search = {Cause.TEAM_GROUP_SIZE: _with_assistant, Cause.DEPARTURE_CAPACITY: _with_more_places}.get(problem.cause)
    return [option for spot in problem.movable() for option in search(spot, problem)] if search else []


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


def _with_more_places(spot: Spot, problem: Problem) -> list[Option]:
    """Return the option of a place for every guest, where the trip, the trail, the team and the base camp allow it."""
    departure = spot.departure
    trip = problem.facts.snapshot.trips.get(departure.trip_id)
    facts = problem.certify(departure.guide_ids)
    edit = DepartureEdit(day=spot.day, departure_id=spot.departure_id, fields={"capacity": departure.participants})
    if not may_have_places(trip, departure.participants) or not solves(problem, facts, [edit]):
        return []
    more = departure.participants - departure.capacity
    option = propose(
        problem,
        Strategy.ADJUST_CAPACITY,
        f"{spot.departure_id} {departure.participants} places",
        [edit],
        description=f"{departure.trip_name} with {departure.participants} places instead of {departure.capacity}.",
        impact_assessment=f"All {departure.participants} guests go, {more} of them beyond the former capacity.",
        estimated_affected_guests=departure.participants,
        requires_guest_notification=False,
    )
    return [option]


def _with_assistant(spot: Spot, problem: Problem) -> list[Option]:
    pool = certified_pool(spot, problem)
    solutions = (
        _option(spot, problem, team, pool.covers([member.guide_id for member in team]))
        for _, team in pool.teams(spot.departure.team)
        if solves(problem, pool.facts, [_edit(spot, team)])
    )
    return list(islice(solutions, MAX_OFFERED))


def _edit(spot: Spot, team: list[TeamMember]) -> DepartureEdit:
    return DepartureEdit(day=spot.day, departure_id=spot.departure_id, fields=team_fields(team))


def _option(spot: Spot, problem: Problem, team: list[TeamMember], covers: int) -> Option:
    departure = spot.departure
    joining = [member for member in team if member.guide_id not in departure.guide_ids]
    names = " and ".join(member.guide_name for member in joining)
    return propose(
        problem,
        Strategy.ADJUST_CAPACITY,
        f"{spot.departure_id} {' '.join(sorted(str(member.guide_id) for member in joining))}",
        [_edit(spot, team)],
        description=f"{names} assists on {departure.trip_name}.",
        impact_assessment=f"All {departure.participants} guests go; the team may then lead {covers}.",
        estimated_affected_guests=departure.participants,
        requires_guest_notification=False,
    )
