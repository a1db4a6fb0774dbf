"""Solving a request: the best team for each of up to 30 alternative dates of one trip, as one model.

The dates do not compete for guides, since a request runs on one of them: weights that preserve the lexicographic
order of objectives on a single departure preserve it on all.
"""

import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import pulp
from pulp import constants

from optimization.solver.assignment_model import AssignmentModel
from optimization.solver.cheapest_team import cheapest_team, pair_cost
from optimization.solver.highs import FastHiGHS
from optimization.solver.problem import LARGEST_TEAM, RequestOption, RequestProblem
from optimization.solver.search import TUNED_OPTIONS
from optimization.solver.solution import OptionSolution, PlanStatus, RequestSolution, UnstaffedReason
from optimization.solver.staffing import Members, Staffing, Teams, as_team, unstaffable_reason

_LEAST_SECONDS: Final = 0.001


def solve_request(problem: RequestProblem, *, time_limit_seconds: float = 5.0) -> RequestSolution:
    """Return the best team of each option that has one: most kept guides first, then the least loss.

    Nothing is raised: if the solver fails or finds no proof in time, the teams come from enumerating the patterns
    of each departure, and the status is GREEDY.
    """
    started = time.monotonic()
    staffings = [Staffing.of(option.departure, option.pairs) for option in problem.options]
    reasons = [unstaffable_reason(staffing, {}) for staffing in staffings]
    staffable = [staffing for staffing, reason in zip(staffings, reasons, strict=True) if reason is None]
    model, error = None, ""
    try:
        model = AssignmentModel(staffable)
        teams: Teams = _solved_teams(model, staffable, time_limit_seconds)
        status = PlanStatus.PROVEN
    except Exception as failure:  # whatever fails in the solver, the request is answered
        teams, status = best_teams(staffable), PlanStatus.GREEDY
        error = f"{type(failure).__name__}: {failure}"
    return RequestSolution(
        options=tuple(
            _option_solution(option, staffing, reason, teams)
            for option, staffing, reason in zip(problem.options, staffings, reasons, strict=True)
        ),
        status=status,
        variables=model.variables if model else 0,
        rows=model.rows if model else 0,
        error=error,
        solve_seconds=time.monotonic() - started,
    )


def best_teams(staffings: Sequence[Staffing]) -> dict[UUID, Members]:
    """Return the same teams by enumeration, each departure on its own."""
    teams = {staffing.departure.id: cheapest_team(staffing, staffing.free, pair_cost) for staffing in staffings}
    return {departure_id: team for departure_id, team in teams.items() if team is not None}


def _solved_teams(model: AssignmentModel, staffings: Sequence[Staffing], seconds: float) -> Teams:
    """Solve the model. Raises TimeoutError without a proof in time, and whatever the solver raises."""
    if not staffings:
        return {}
    kept_weight = 1 + LARGEST_TEAM * max(pair.loss for staffing in staffings for pair in staffing.pairs)
    model.minimize_everything((LARGEST_TEAM + 1) * kept_weight, kept_weight)
    model.problem.solve(FastHiGHS(time_limit_seconds=max(seconds, _LEAST_SECONDS), **TUNED_OPTIONS))
    if model.problem.sol_status != constants.LpSolutionOptimal:
        status = pulp.LpSolution[model.problem.sol_status]
        raise TimeoutError(f"{status} within {seconds:g} s.")
    return model.teams()


def _option_solution(
    option: RequestOption, staffing: Staffing, reason: UnstaffedReason | None, teams: Teams
) -> OptionSolution:
    members = teams.get(option.departure.id, ())
    return OptionSolution(
        day=option.day,
        departure_id=option.departure.id,
        guide_ids=as_team(staffing, members).guide_ids if members else (),
        loss=sum([pair.loss for pair in members]),
        reason=reason,
    )
