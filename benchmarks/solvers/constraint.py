"""OR-Tools' CP-SAT on the compact formulation, part by part. Nothing of HiGHS may be loaded into its process."""

from collections.abc import Mapping
from uuid import UUID

from ortools.sat.python import cp_model

from benchmarks.solvers.compact import Compact, compact_model, parts_of
from benchmarks.solvers.judging import GUESTS_WEIGHT, KEPT_WEIGHT
from benchmarks.solvers.rivals import Solved
from optimization.solver.problem import DayProblem

LEVELS = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
WEIGHTED = ((GUESTS_WEIGHT, KEPT_WEIGHT, 1),)

ONE_WORKER: Mapping[str, int] = {"num_workers": 1, "linearization_level": 2}
EIGHT_WORKERS: Mapping[str, int] = {"num_workers": 8}

Weights = tuple[tuple[int, int, int], ...]


def solve_with_one_worker(problem: DayProblem, seconds: float) -> Solved:
    return _solve(problem, seconds, ONE_WORKER, WEIGHTED)


def solve_with_eight_workers(problem: DayProblem, seconds: float) -> Solved:
    return _solve(problem, seconds, EIGHT_WORKERS, WEIGHTED)


def solve_level_by_level(problem: DayProblem, seconds: float) -> Solved:
    """Each level on its own, the ones before it held: no weights to trust."""
    return _solve(problem, seconds, ONE_WORKER, LEVELS)


def _solve(problem: DayProblem, seconds: float, options: Mapping[str, int], aims: Weights) -> Solved:
    solved = [_solve_part(part, seconds, options, aims) for part in parts_of(compact_model(problem))]
    return Solved(
        teams={departure_id: team for part in solved for departure_id, team in part.teams.items()},
        is_proven=all(part.is_proven for part in solved),
        variables=sum(part.variables for part in solved),
        rows=sum(part.rows for part in solved),
    )


class _Model:
    def __init__(self, part: Compact) -> None:
        self.part = part
        self.model = cp_model.CpModel()
        self.chosen = {id(pair): self.model.new_bool_var("") for choice in part.choices for pair in choice.pairs}
        self.staffed = [self.model.new_bool_var("") for _ in part.choices]
        for choice, staffed in zip(part.choices, self.staffed, strict=True):
            team = [self.chosen[id(pair)] for pair in choice.pairs]
            capacities = [min(pair.capacity, choice.departure.guests) for pair in choice.pairs]
            covered = cp_model.LinearExpr.weighted_sum([*team, staffed], [*capacities, -choice.departure.guests])
            self.model.add(covered >= 0)
            ones = [1] * len(team)
            self.model.add(cp_model.LinearExpr.weighted_sum([*team, staffed], [*ones, -choice.fewest]) >= 0)
            largest = choice.departure.largest_team
            self.model.add(cp_model.LinearExpr.weighted_sum([*team, staffed], [*ones, -largest]) <= 0)
        for conflict in part.conflicts:
            self.model.add_at_most_one([self.chosen[id(pair)] for pair in conflict])

    def aim(self, weights: tuple[int, int, int]) -> cp_model.LinearExprT:
        """What is to be minimised, less a constant."""
        guests, kept, loss = weights
        variables = [*self.staffed]
        costs = [-guests * choice.departure.weight for choice in self.part.choices]
        for choice in self.part.choices:
            variables += [self.chosen[id(pair)] for pair in choice.pairs]
            costs += [loss * pair.loss - kept * pair.is_kept for pair in choice.pairs]
        return cp_model.LinearExpr.weighted_sum(variables, costs)


def _solve_part(part: Compact, seconds: float, options: Mapping[str, int], aims: Weights) -> Solved:
    model = _Model(part)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    for name, value in options.items():
        setattr(solver.parameters, name, value)
    is_proven = True
    for weights in aims:
        aim = model.aim(weights)
        model.model.minimize(aim)
        status = solver.solve(model.model)
        is_proven = is_proven and status == cp_model.OPTIMAL
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Solved({}, False, len(model.chosen) + len(model.staffed), 0)
        model.model.add(aim <= round(solver.objective_value))
    return Solved(
        teams=_teams(part, model, solver),
        is_proven=is_proven,
        variables=len(model.chosen) + len(model.staffed),
        rows=3 * len(part.choices) + len(part.conflicts),
    )


def _teams(part: Compact, model: _Model, solver: cp_model.CpSolver) -> dict[UUID, tuple[UUID, ...]]:
    teams = {
        choice.departure.id: tuple(
            pair.guide_id for pair in choice.pairs if solver.boolean_value(model.chosen[id(pair)])
        )
        for choice in part.choices
    }
    return {departure_id: team for departure_id, team in teams.items() if team}
