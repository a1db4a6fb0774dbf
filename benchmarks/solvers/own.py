"""The service's own solver and its floor, from domain objects to decoded teams."""

from collections.abc import Mapping
from uuid import UUID

from benchmarks.solvers.rivals import Solved
from optimization.solver import solve_day, solve_request
from optimization.solver.decomposition import decompose
from optimization.solver.greedy import greedy_teams
from optimization.solver.patterns import covering_patterns, smallest_patterns
from optimization.solver.problem import DayProblem, EligiblePair, RequestProblem
from optimization.solver.request_model import best_teams
from optimization.solver.solution import PlanStatus
from optimization.solver.staffing import Staffing


def forget_patterns() -> None:
    """Every solve begins without what the ones before have worked out."""
    covering_patterns.cache_clear()
    smallest_patterns.cache_clear()


def solve_ours(problem: DayProblem, seconds: float) -> Solved:
    """All that the service does, proof of the objectives' order included."""
    forget_patterns()
    plan = solve_day(problem, time_limit_seconds=seconds)
    return Solved(
        teams={team.departure_id: team.guide_ids for team in plan},
        is_proven=plan.status is PlanStatus.PROVEN,
        variables=plan.variables,
        rows=plan.rows,
    )


def solve_greedily(problem: DayProblem, _: float) -> Solved:
    """The floor under every time limit."""
    forget_patterns()
    teams: dict[UUID, tuple[EligiblePair, ...]] = {}
    for component in decompose(problem).components:
        teams |= greedy_teams(component)
    return Solved(teams=_decoded(teams))


def answer_ours(problem: RequestProblem, seconds: float) -> Solved:
    """All dates of a request in one PuLP model."""
    forget_patterns()
    plan = solve_request(problem, time_limit_seconds=seconds)
    return Solved(
        teams={answer.departure_id: answer.guide_ids for answer in plan.options if answer.guide_ids},
        is_proven=plan.status is PlanStatus.PROVEN,
        variables=plan.variables,
        rows=plan.rows,
    )


def answer_by_closed_form(problem: RequestProblem, _: float) -> Solved:
    """The cheapest members of every pattern, date by date."""
    forget_patterns()
    staffings = [Staffing.of(option.departure, option.pairs) for option in problem.options]
    return Solved(teams=_decoded(best_teams(staffings)), is_proven=True)


def _decoded(teams: Mapping[UUID, tuple[EligiblePair, ...]]) -> dict[UUID, tuple[UUID, ...]]:
    return {departure_id: tuple(pair.guide_id for pair in members) for departure_id, members in teams.items()}
