"""The search for the plan of one component: models of it, and the proof of what they give."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import pulp
from pulp import constants

from optimization.solver.assignment_model import AssignmentModel
from optimization.solver.component_solution import ComponentSolution, upper_limits, weighted_sum
from optimization.solver.components import Component
from optimization.solver.floor import floor_plan
from optimization.solver.greedy import budget_excess, greedy_teams, lexicographic_key, objectives_of, staffed_pinned
from optimization.solver.highs import FastHiGHS
from optimization.solver.search_time import SearchTime
from optimization.solver.solution import Objectives, PlanStatus
from optimization.solver.staffing import Teams
from optimization.solver.staffing_model import OutOfTimeError
from optimization.solver.trivial_bound import OUT_OF_REACH, trivial_bound

# Measured on days of every size: the same optima in half the time. They can leave a hard model without any
# solution, so a run that does not finish with them is repeated with HiGHS's defaults.
TUNED_OPTIONS: Final[Mapping[str, Any]] = {
    "presolve": "off",
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_heuristic_run_feasibility_jump": False,
}
# An LP relaxation is solved in less time than its presolve takes.
LP_OPTIONS: Final[Mapping[str, Any]] = {"presolve": "off"}
_ROUNDING: Final = 1e-4


class Search:
    """The search for the best plan of one component by models, from an incumbent to the proof."""

    def __init__(
        self, component: Component, deadline: float, pattern_limit: int, model: AssignmentModel | None = None
    ) -> None:
        """Start without an incumbent; `model` is one of the same component with another change budget."""
        self.model = model
        self._component = component
        self._time = SearchTime(deadline, component.pair_count)
        self._pattern_limit = pattern_limit
        self._incumbent: Teams | None = None
        self._floor_plan: Teams | None = None
        self._bound = OUT_OF_REACH
        self._total = upper_limits(component)
        self._bounds = Objectives(self._total.guests, self._total.kept, 0)
        self._objective_bound = 0.0
        self._status = PlanStatus.GREEDY

    def run(self) -> None:
        """Search to the proof. Raises OutOfTimeError at the deadline, and whatever the solver raises."""
        if self._time.is_enough_for_bound:
            self._bound = trivial_bound(self._component)
        if self._bound.only_plan is not None:
            self.prove(self._bound.only_plan)
            return
        self._prepare()
        model = self._model()
        self._fix_budget(model)
        self._fix_pins(model)
        weighted = self._optimize(model, model.minimize_everything, bounds_everything=True)
        self._certify(model, weighted)
        self.prove(self._teams)

    def run_without_loss(self) -> None:
        """Prove the guests, and the kept pairs if more guests than the incumbent's are served. Raises as `run`."""
        self._prepare()
        model = self._model()
        self._fix_pins(model)
        served = objectives_of(self._component, self._teams).guests
        guests = self._prove(model, model.minimize_guests, lambda objectives: self._total.guests - objectives.guests)
        model.fix_guests(guests.guests)
        self._bounds = self._bounds._replace(guests=guests.guests)
        if guests.guests > served:
            kept = self._prove(model, model.minimize_kept, lambda objectives: self._total.kept - objectives.kept)
            self._bounds = self._bounds._replace(kept=kept.kept)

    def _prepare(self) -> None:
        """Plan the floor first in a hurry, and on a large day that it may prove. Raises OutOfTimeError if it did."""
        if self._time.is_short or (not self._time.is_small and self._bound.cost is not None):
            self._stop_at_bound()
        self._remaining()

    @property
    def _floor(self) -> Teams:
        """The plan without a solver; it is made when first needed."""
        if self._floor_plan is None:
            self._floor_plan = floor_plan(self._component, deadline=self._time.end_of_floor())
        return self._floor_plan

    def _stop_at_bound(self) -> None:
        """End the search if the floor is proven by the trivial bound."""
        if self._bound.is_reached_by(self._component, self._floor):
            raise OutOfTimeError

    def prove(self, teams: Teams) -> None:
        """Make the incumbent these teams, which are optimal."""
        self._incumbent = teams
        self._bounds = objectives_of(self._component, teams)
        self._status = PlanStatus.PROVEN

    @property
    def _teams(self) -> Teams:
        """The incumbent; the greedy teams are built when first needed."""
        if self._incumbent is None:
            self._incumbent = greedy_teams(self._component, deadline=self._time.deadline)
        return self._incumbent

    def solution(self, error: str = "") -> ComponentSolution:
        """Return the incumbent with its bounds; unless proven, it is at least as good as the floor."""
        if self._status is not PlanStatus.PROVEN:
            self.offer(self._floor)
            if self._bound.is_reached_by(self._component, self._teams):
                self.prove(self._teams)
        objectives = objectives_of(self._component, self._teams)
        objective = weighted_sum(self._total, objectives)
        is_proven = self._status is PlanStatus.PROVEN
        return ComponentSolution(
            teams=self._teams,
            status=self._status,
            objectives=objectives,
            bounds=self._bounds,
            objective=objective,
            objective_bound=objective if is_proven else min(objective, self._objective_bound),
            variables=self.model.variables if self.model else 0,
            rows=self.model.rows if self.model else 0,
            error=error,
        )

    def offer(self, teams: Teams) -> None:
        """Make these teams the incumbent if they are better."""
        component, incumbent = self._component, self._incumbent
        if incumbent is None or lexicographic_key(component, teams) < lexicographic_key(component, incumbent):
            self._incumbent = teams

    def _model(self) -> AssignmentModel:
        if self.model is None:
            deadline = self._time.end_of_building(has_floor=self._has_floor)
            self.model = AssignmentModel.of(self._component, pattern_limit=self._pattern_limit, deadline=deadline)
        elif self._component.max_changes is not None:
            self.model.set_change_budget(self._component.max_changes)
        return self.model

    def _fix_budget(self, model: AssignmentModel) -> None:
        """Fix the least excess over the change budget, which precedes everything else."""
        if self._component.max_changes is None:
            return
        excess = budget_excess(self._component, self._teams)
        if excess and self._relaxed_bound(model, model.minimize_budget) < excess:
            self._optimize(model, model.minimize_budget)
        model.fix_budget(budget_excess(self._component, self._teams))

    def _fix_pins(self, model: AssignmentModel) -> None:
        """Fix the largest number of departures with pinned guides that can be staffed together."""
        if not model.total_pinned():
            return
        if staffed_pinned(self._component, self._teams) < model.total_pinned():
            self._optimize(model, model.minimize_pins)
        model.fix_pins(staffed_pinned(self._component, self._teams))

    def _certify(self, model: AssignmentModel, weighted: Objectives) -> None:
        """Prove the first two objectives of the plan, or improve them and then minimise the loss with them fixed.

        A weighted optimum has the least loss among plans with its first two objectives; if these are proven
        optimal, so is the plan.
        """
        guests = self._prove(model, model.minimize_guests, lambda objectives: self._total.guests - objectives.guests)
        model.fix_guests(guests.guests)
        self._bounds = self._bounds._replace(guests=guests.guests)
        kept = self._prove(model, model.minimize_kept, lambda objectives: self._total.kept - objectives.kept)
        model.fix_kept(kept.kept)
        self._bounds = self._bounds._replace(kept=kept.kept)
        if kept[:2] != weighted[:2]:
            self._optimize(model, model.minimize_loss)

    def _prove(
        self, model: AssignmentModel, minimize: Callable[[], None], shortfall_of: Callable[[Objectives], int]
    ) -> Objectives:
        """Return the optimum of one objective given the fixed ones: by the LP bound, else by solving it."""
        shortfall = shortfall_of(objectives_of(self._component, self._teams))
        if shortfall and self._relaxed_bound(model, minimize) < shortfall:
            self._optimize(model, minimize)
        return objectives_of(self._component, self._teams)

    def _relaxed_bound(self, model: AssignmentModel, minimize: Callable[[], None]) -> int:
        """Return the lower bound of the LP relaxation, rounded up; 0 if it was not solved in time."""
        minimize()
        solver = FastHiGHS(time_limit_seconds=self._remaining(), is_integer=False, **LP_OPTIONS)
        model.problem.solve(solver)
        is_solved = model.problem.sol_status == constants.LpSolutionOptimal
        return math.ceil(solver.bound - _ROUNDING) if is_solved else 0

    def _optimize(
        self, model: AssignmentModel, minimize: Callable[[], None], *, bounds_everything: bool = False
    ) -> Objectives:
        """Return the objectives of a proven optimum of `minimize`; its teams become the incumbent if better.

        Raises OutOfTimeError without a proof; the solutions found until then are considered likewise.
        """
        minimize()
        has_bound = self._bound.cost is not None
        seconds = self._time.with_tuned_options(has_floor=self._has_floor, has_bound=has_bound)
        if not self._solve(model, FastHiGHS(time_limit_seconds=seconds, **TUNED_OPTIONS), bounds_everything):
            self._stop_at_bound()
            warm_start = model.assignment(self._best)
            default = FastHiGHS(time_limit_seconds=self._remaining(), warm_start=warm_start)
            if not self._solve(model, default, bounds_everything):
                raise OutOfTimeError
        return objectives_of(self._component, model.teams())

    @property
    def _best(self) -> Teams:
        return min((self._teams, self._floor), key=lambda teams: lexicographic_key(self._component, teams))

    def _solve(self, model: AssignmentModel, solver: FastHiGHS, bounds_everything: bool) -> bool:
        model.problem.solve(solver)
        if model.problem.sol_status == constants.LpSolutionInfeasible:
            raise pulp.PulpSolverError("HiGHS reports a feasible model as infeasible.")
        is_proven = bool(model.problem.sol_status == constants.LpSolutionOptimal)
        if is_proven or model.problem.sol_status == constants.LpSolutionIntegerFeasible:
            self._status = PlanStatus.BEST_FOUND
            self.offer(model.teams())
        if bounds_everything and math.isfinite(solver.bound):
            self._objective_bound = max(self._objective_bound, solver.bound)
        return is_proven

    def _remaining(self) -> float:
        return self._time.remaining(has_floor=self._has_floor)

    @property
    def _has_floor(self) -> bool:
        return self._floor_plan is not None
