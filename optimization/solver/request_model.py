"""A request: one trip on up to 30 dates, the best team for each, as one model.

The dates do not compete for guides (a request runs on one of them), so weights that keep the objectives in order
on a single departure keep them in order on all.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import pulp
from pulp import constants

from optimization.solver.assignment_model import DayModel
from optimization.solver.greedy import cost_of
from optimization.solver.highs import FastHiGHS
from optimization.solver.lexicographic import TUNED_OPTIONS
from optimization.solver.problem import LARGEST_TEAM, EligiblePair, RequestOption, RequestProblem
from optimization.solver.solution import PlanStatus, RequestAnswer, RequestPlan, UnstaffedReason
from optimization.solver.staffing import Staffing, as_team, cheapest_team, why_unstaffable

Teams = Mapping[UUID, tuple[EligiblePair, ...]]

_LEAST_SECONDS: Final = 0.001


def solve_request(problem: RequestProblem, *, time_limit_seconds: float = 5.0) -> RequestPlan:
    """The best team of each option that has one: kept guides first, then the least loss.

    Never an exception: where the solver fails or finds no proof in time, the teams come from trying every
    combination of capacities, and the status is GREEDY.
    """
    started = time.monotonic()
    staffings = [Staffing.of(option.departure, option.pairs) for option in problem.options]
    reasons = [why_unstaffable(staffing, {}) for staffing in staffings]
    staffable = [one for one, reason in zip(staffings, reasons, strict=True) if reason is None]
    model, error = None, ""
    try:
        model = DayModel(staffable)
        teams: Teams = _solved_teams(model, staffable, time_limit_seconds)
        status = PlanStatus.PROVEN
    except Exception as failure:  # whatever breaks in the solver, the request is answered
        teams, status = best_teams(staffable), PlanStatus.GREEDY
        error = f"{type(failure).__name__}: {failure}"
    return RequestPlan(
        answers=tuple(
            _answer(option, staffing, reason, teams)
            for option, staffing, reason in zip(problem.options, staffings, reasons, strict=True)
        ),
        status=status,
        variables=model.variables if model else 0,
        rows=model.rows if model else 0,
        error=error,
        solve_seconds=time.monotonic() - started,
    )


def best_teams(staffings: Sequence[Staffing]) -> dict[UUID, tuple[EligiblePair, ...]]:
    """The same teams by closed form, each departure on its own."""
    found = {staffing.departure.id: cheapest_team(staffing, staffing.free, cost_of) for staffing in staffings}
    return {departure_id: team for departure_id, team in found.items() if team is not None}


def _solved_teams(model: DayModel, staffings: Sequence[Staffing], seconds: float) -> Teams:
    """Raises TimeoutError without a proof in time, and whatever the solver raises."""
    if not staffings:
        return {}
    kept_weight = 1 + LARGEST_TEAM * max(pair.loss for staffing in staffings for pair in staffing.pairs)
    model.minimize_everything((LARGEST_TEAM + 1) * kept_weight, kept_weight)
    model.problem.solve(FastHiGHS(time_limit_seconds=max(seconds, _LEAST_SECONDS), **TUNED_OPTIONS))
    if model.problem.sol_status != constants.LpSolutionOptimal:
        status = pulp.LpSolution[model.problem.sol_status]
        raise TimeoutError(f"{status} within {seconds:g} s.")
    return model.teams()


def _answer(option: RequestOption, staffing: Staffing, reason: UnstaffedReason | None, teams: Teams) -> RequestAnswer:
    members = teams.get(option.departure.id, ())
    return RequestAnswer(
        day=option.day,
        departure_id=option.departure.id,
        guide_ids=as_team(staffing, members).guide_ids if members else (),
        loss=sum([pair.loss for pair in members]),
        reason=reason,
    )
