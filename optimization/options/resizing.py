"""ADJUST_CAPACITY: another guide where the team is too small for the group."""

from itertools import islice

from conflicts.options import DepartureEdit, Option
from conflicts.problem import Problem, Spot
from conflicts.vocabulary import Cause, Strategy
from optimization.options.crew import certified_crew
from optimization.options.proposing import MOST_OFFERED, propose, solves, team_fields
from scheduling.document import TeamMember


def search_other_sizes(problem: Problem) -> list[Option]:
    """Up to three assistants who make the team large enough, the best score first."""
    if problem.cause is not Cause.TEAM_GROUP_SIZE:
        return []
    return [option for spot in problem.movable() for option in _with_assistant(spot, problem)]


def _with_assistant(spot: Spot, problem: Problem) -> list[Option]:
    crew = certified_crew(spot, problem, problem.facts)
    sound = (
        _option(spot, problem, team, crew.covers([member.guide_id for member in team]))
        for _, team in crew.teams(spot.departure.team)
        if solves(problem, crew.facts, [_edit(spot, team)])
    )
    return list(islice(sound, MOST_OFFERED))


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
