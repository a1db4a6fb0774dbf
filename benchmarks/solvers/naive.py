"""PuLP as in its documentation: sums of products, its own interface to HiGHS, no decomposition."""

import warnings

import pulp

from benchmarks.solvers.compact import compact_model
from benchmarks.solvers.judging import GUESTS_WEIGHT, KEPT_WEIGHT
from benchmarks.solvers.rivals import Solved
from optimization.solver.problem import DayProblem


def solve_naively(problem: DayProblem, seconds: float) -> Solved:
    """Solve one model of the whole day with HiGHS's default options, except that the gap has to be closed."""
    warnings.simplefilter("ignore", DeprecationWarning)
    compact = compact_model(problem)
    pairs = {(pair.departure_id, pair.guide_id): pair for choice in compact.choices for pair in choice.pairs}
    chosen = pulp.LpVariable.dicts("chosen", pairs, cat=pulp.LpBinary)
    staffed = pulp.LpVariable.dicts("staffed", [choice.departure.id for choice in compact.choices], cat=pulp.LpBinary)
    model = pulp.LpProblem("day", pulp.LpMinimize)
    model += (
        pulp.lpSum(
            GUESTS_WEIGHT * choice.departure.weight * (1 - staffed[choice.departure.id]) for choice in compact.choices
        )
        + pulp.lpSum(KEPT_WEIGHT * (1 - chosen[key]) for key, pair in pairs.items() if pair.is_kept)
        + pulp.lpSum(pair.loss * chosen[key] for key, pair in pairs.items())
    )
    for choice in compact.choices:
        departure, team = choice.departure, [chosen[pair.departure_id, pair.guide_id] for pair in choice.pairs]
        covered = pulp.lpSum(pair.capacity * variable for pair, variable in zip(choice.pairs, team, strict=True))
        model += covered >= departure.guests * staffed[departure.id]
        model += pulp.lpSum(team) >= choice.fewest * staffed[departure.id]
        model += pulp.lpSum(team) <= departure.largest_team * staffed[departure.id]
    for conflict in compact.conflicts:
        model += pulp.lpSum(chosen[pair.departure_id, pair.guide_id] for pair in conflict) <= 1
    solver = pulp.HiGHS(msg=False, threads=1, gapRel=0.0, timeLimit=seconds)
    model.solve(solver)
    teams = {
        choice.departure.id: tuple(
            pair.guide_id for pair in choice.pairs if chosen[pair.departure_id, pair.guide_id].value() > 0.5
        )
        for choice in compact.choices
    }
    info = model.solverModel.getInfo()
    return Solved(
        teams={departure_id: team for departure_id, team in teams.items() if team},
        is_proven=info.mip_gap == 0.0,
        variables=len(model.variables()),
        rows=len(model.constraints),
    )
