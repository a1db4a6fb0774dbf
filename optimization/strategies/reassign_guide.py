"""REASSIGN_GUIDE: replace the guides of a conflict by the best free and qualified ones."""

from itertools import islice

from conflicts.choices import Strategy
from conflicts.detection import Cause, ConflictType
from conflicts.options import DepartureEdit, Option
from conflicts.resolution.problem import Problem, Spot
from optimization.candidates.assessment import Candidate
from optimization.strategies.proposal import MAX_OFFERED, propose, solves, team_fields
from optimization.strategies.replacement_team import CandidatePool, certified_pool
from scheduling.domain.document import TeamMember


def search_reassignments(problem: Problem) -> list[Option]:
    """Return up to three teams that resolve a conflict about a guide, the best score first."""
    if problem.conflict_type is not ConflictType.GUIDE_DOUBLE_BOOKED or problem.cause.is_of_the_catalog:
        return []
    for spot in problem.movable():
        options = _reassignments_on(spot, problem)
        if options:
            return options
    return []


def _reassignments_on(spot: Spot, problem: Problem) -> list[Option]:
    replaced = frozenset() if problem.cause is Cause.NO_LEAD else problem.guide_ids
    kept = [member for member in spot.departure.team if member.guide_id not in replaced]
    pool = certified_pool(spot, problem, without=replaced)
    solutions = (
        _option(spot, problem, pool, candidate, team)
        for candidate, team in pool.teams(kept)
        if solves(problem, pool.facts, [_edit(spot, team)])
    )
    return list(islice(solutions, MAX_OFFERED))


def _edit(spot: Spot, team: list[TeamMember]) -> DepartureEdit:
    return DepartureEdit(day=spot.day, departure_id=spot.departure_id, fields=team_fields(team))


def _option(spot: Spot, problem: Problem, pool: CandidatePool, chosen: Candidate, team: list[TeamMember]) -> Option:
    departure = spot.departure
    staying = {member.guide_id for member in team}
    leaving = [member.guide_name for member in departure.team if member.guide_id not in staying]
    instead = f" in place of {' and '.join(leaving)}" if leaving else ""
    joining = [member.guide_name for member in team if member.guide_id not in departure.guide_ids]
    return propose(
        problem,
        Strategy.REASSIGN_GUIDE,
        f"{spot.departure_id} {chosen.guide.id}",
        [_edit(spot, team)],
        description=f"{' and '.join(joining)} on {departure.trip_name}{instead}.",
        impact_assessment=(
            f"{departure.participants} guests keep their date and time; {chosen.guide.name} suits the departure "
            f"{chosen.score:.0%}, and the team may lead {pool.covers(staying)}."
        ),
        estimated_affected_guests=departure.participants,
        requires_guest_notification=False,
    )
