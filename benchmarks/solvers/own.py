"""The service's own solver and its floor, from domain objects to decoded teams."""

from collections.abc import Mapping
from uuid import UUID

from benchmarks.solvers.rivals import Solved
from optimization.solver import solve_day, solve_request
from optimization.solver.decomposition import decompose
from optimization.solver.greedy import greedy_teams
from optimization.solver.patterns import smallest_patterns
from optimization.solver.problem import DayProblem, EligiblePair, RequestProblem
from optimization.solver.request_model import best_teams
from optimization.solver.solution import PlanStatus
from optimization.solver.staffing import Staffing


def forget_patterns() -> None:
    """Clear the caches of patterns, so that every solve starts without those of earlier ones."""
    smallest_patterns.cache_clear()


def solve_ours(problem: DayProblem, seconds: float) -> Solved:
    """Solve as the service does, with the proof of the objectives' order."""
    forget_patterns()
    plan = solve_day(problem, time_limit_seconds=seconds)
    return Solved(
        teams={team.departure_id: team.guide_ids for team in plan},
        is_proven=plan.status is PlanStatus.PROVEN,
        variables=plan.variables,
        rows=plan.rows,
    )


def solve_greedily(problem: DayProblem, _: float) -> Solved:
    """Solve greedily, the lower limit of quality under every time limit."""
    forget_patterns()
    teams: dict[UUID, tuple[EligiblePair, ...]] = {}
    for component in decompose(problem).components:
        teams |= greedy_teams(component)
    return Solved(teams=_decoded(teams))


def answer_ours(problem: RequestProblem, seconds: float) -> Solved:
    """Solve all dates of a request as one PuLP model."""
    forget_patterns()
    request = solve_request(problem, time_limit_seconds=seconds)
    return Solved(
        teams={option.departure_id: option.guide_ids for option in request.options if option.guide_ids},
        is_proven=request.status is PlanStatus.PROVEN,
        variables=request.variables,
        rows=request.rows,
    )


def answer_by_closed_form(problem: RequestProblem, _: float) -> Solved:
    """Enumerate the patterns of each date with their cheapest members."""
    forget_patterns()
    staffings = [Staffing.of(option.departure, option.pairs) for option in problem.options]
    return Solved(teams=_decoded(best_teams(staffings)), is_proven=True)


def _decoded(teams: Mapping[UUID, tuple[EligiblePair, ...]]) -> dict[UUID, tuple[UUID, ...]]:
    return {departure_id: tuple(pair.guide_id for pair in members) for departure_id, members in teams.items()}
