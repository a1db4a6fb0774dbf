"""OR-Tools' CP-SAT on the compact formulation, by components. HiGHS must not be loaded into its process."""

from collections.abc import Mapping
from uuid import UUID

from ortools.sat.python import cp_model

from benchmarks.solvers.compact import Compact, compact_model, components_of
from benchmarks.solvers.judging import GUESTS_WEIGHT, KEPT_WEIGHT
from benchmarks.solvers.rivals import Solved
from optimization.solver.problem import DayProblem

OBJECTIVES = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
WEIGHTED = ((GUESTS_WEIGHT, KEPT_WEIGHT, 1),)

ONE_WORKER: Mapping[str, int] = {"num_workers": 1, "linearization_level": 2}
EIGHT_WORKERS: Mapping[str, int] = {"num_workers": 8}

Weights = tuple[tuple[int, int, int], ...]


def solve_with_one_worker(problem: DayProblem, seconds: float) -> Solved:
    return _solve(problem, seconds, ONE_WORKER, WEIGHTED)


def solve_with_eight_workers(problem: DayProblem, seconds: float) -> Solved:
    return _solve(problem, seconds, EIGHT_WORKERS, WEIGHTED)


def solve_lexicographically(problem: DayProblem, seconds: float) -> Solved:
    """Solve one objective after the other with those before it fixed: no weights to trust."""
    return _solve(problem, seconds, ONE_WORKER, OBJECTIVES)


def _solve(problem: DayProblem, seconds: float, options: Mapping[str, int], objectives: Weights) -> Solved:
    solved = [
        _solve_component(component, seconds, options, objectives) for component in components_of(compact_model(problem))
    ]
    return Solved(
        teams={departure_id: team for component in solved for departure_id, team in component.teams.items()},
        is_proven=all(component.is_proven for component in solved),
        variables=sum(component.variables for component in solved),
        rows=sum(component.rows for component in solved),
    )


class _Model:
    def __init__(self, component: Compact) -> None:
        self.component = component
        self.model = cp_model.CpModel()
        self.chosen = {id(pair): self.model.new_bool_var("") for choice in component.choices for pair in choice.pairs}
        self.staffed = [self.model.new_bool_var("") for _ in component.choices]
        for choice, staffed in zip(component.choices, self.staffed, strict=True):
            team = [self.chosen[id(pair)] for pair in choice.pairs]
            capacities = [min(pair.capacity, choice.departure.guests) for pair in choice.pairs]
            covered = cp_model.LinearExpr.weighted_sum([*team, staffed], [*capacities, -choice.departure.guests])
            self.model.add(covered >= 0)
            ones = [1] * len(team)
            self.model.add(cp_model.LinearExpr.weighted_sum([*team, staffed], [*ones, -choice.fewest]) >= 0)
            largest = choice.departure.largest_team
            self.model.add(cp_model.LinearExpr.weighted_sum([*team, staffed], [*ones, -largest]) <= 0)
        for conflict in component.conflicts:
            self.model.add_at_most_one([self.chosen[id(pair)] for pair in conflict])

    def objective(self, weights: tuple[int, int, int]) -> cp_model.LinearExprT:
        """Return the objective to be minimised, without its constant."""
        guests, kept, loss = weights
        variables = [*self.staffed]
        costs = [-guests * choice.departure.weight for choice in self.component.choices]
        for choice in self.component.choices:
            variables += [self.chosen[id(pair)] for pair in choice.pairs]
            costs += [loss * pair.loss - kept * pair.is_kept for pair in choice.pairs]
        return cp_model.LinearExpr.weighted_sum(variables, costs)


def _solve_component(component: Compact, seconds: float, options: Mapping[str, int], objectives: Weights) -> Solved:
    model = _Model(component)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    for name, value in options.items():
        setattr(solver.parameters, name, value)
    is_proven = True
    for weights in objectives:
        objective = model.objective(weights)
        model.model.minimize(objective)
        status = solver.solve(model.model)
        is_proven = is_proven and status == cp_model.OPTIMAL
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Solved({}, False, len(model.chosen) + len(model.staffed), 0)
        model.model.add(objective <= round(solver.objective_value))
    return Solved(
        teams=_teams(component, model, solver),
        is_proven=is_proven,
        variables=len(model.chosen) + len(model.staffed),
        rows=3 * len(component.choices) + len(component.conflicts),
    )


def _teams(component: Compact, model: _Model, solver: cp_model.CpSolver) -> dict[UUID, tuple[UUID, ...]]:
    teams = {
        choice.departure.id: tuple(
            pair.guide_id for pair in choice.pairs if solver.boolean_value(model.chosen[id(pair)])
        )
        for choice in component.choices
    }
    return {departure_id: team for departure_id, team in teams.items() if team}
