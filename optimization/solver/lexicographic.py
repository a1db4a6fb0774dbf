"""Lexicographic optimization of one component.

The objectives are first solved as one weighted sum, whose optimum is lexicographic for large enough weights
(Isermann 1982, Sherali & Soyster 1983). Bounds of linear relaxations then certify that these weights were; an
objective that they do not certify is solved on its own.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pulp
from pulp import constants

from optimization.solver.assignment_model import PATTERN_LIMIT, AssignmentModel, OutOfTimeError
from optimization.solver.component_solution import ComponentSolution, upper_limits, weighted_sum
from optimization.solver.components import Component
from optimization.solver.floor import FLOOR_SECONDS, floor_plan
from optimization.solver.greedy import budget_excess, greedy_teams, lexicographic_key, objectives_of, staffed_pinned
from optimization.solver.highs import FastHiGHS
from optimization.solver.kept_plan import undecided
from optimization.solver.solution import Objectives, PlanStatus
from optimization.solver.staffing import Teams
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
_TUNED_SHARE: Final = 0.6
# A plan at the trivial bound makes more time with them unnecessary.
_TUNED_SECONDS_AT_BOUND: Final = 2.0
_LEAST_SECONDS: Final = 0.005
# Of the time that is left when the floor is made.
_FLOOR_SHARE: Final = 0.6
# With less time than for this many floors and models to be built, or than these seconds where that is enough for very
# many, the floor comes first: it has to be there at the deadline.
_HURRY: Final = 10
_SHORT_HURRY: Final = (80, 3.0)
# Of plans that are equally good the model decides, as long as that takes no time; the floor on larger days.
_PAIRS_TO_CHOOSE_AMONG: Final = 2_000
# The time to build the model, per pair (measured): a model that is ready after the deadline is useless.
_BUILDING_SECONDS: Final = 2e-5
# From HiGHS's values to teams and their objectives, per pair (measured).
_DECODING_SECONDS: Final = 2e-6
_ROUNDING: Final = 1e-4


def solve_component(
    component: Component, *, deadline: float, pattern_limit: int = PATTERN_LIMIT, warm_start: Teams | None = None
) -> ComponentSolution:
    """Return the best plan found before `deadline`, in seconds of the monotonic clock.

    It is never worse than the floor or `warm_start`.
    """
    search = _Search(component, deadline, pattern_limit)
    if warm_start is not None:
        search.offer(warm_start)
    return _run(search, search.run)


def serve_most(component: Component, *, deadline: float, warm_start: Teams) -> ComponentSolution:
    """Return a plan of most guests, found before `deadline`; loss does not count.

    It is never worse than the floor or `warm_start`. If it serves more guests than these, it also keeps the most
    pairs. Where the guests equal their bound they are proven, even if the time was too short for the rest.
    """
    search = _Search(component, deadline, PATTERN_LIMIT)
    search.offer(warm_start)
    return _run(search, search.run_without_loss)


def solve_budgets(component: Component, budgets: Sequence[int], *, deadline: float) -> list[ComponentSolution]:
    """Return the best plan for each of the rising change `budgets`, from one model; each has a share of the time."""
    solutions: list[ComponentSolution] = []
    model: AssignmentModel | None = None
    for index, budget in enumerate(budgets):
        if solutions and _is_within_excess(component, budgets[index - 1], solutions[-1], budget):
            solutions.append(solutions[-1])
            continue
        now = time.monotonic()
        share = (deadline - now) / (len(budgets) - index)
        search = _Search(replace(component, max_changes=budget), now + share, PATTERN_LIMIT, model)
        if solutions:
            search.offer(solutions[-1].teams)
        solutions.append(_run(search, search.run))
        model = search.model
    return solutions


def _is_within_excess(component: Component, budget: int, solution: ComponentSolution, larger: int) -> bool:
    """Return whether the hard rules alone reassign so many guides that the larger budget changes nothing."""
    is_proven = solution.status is PlanStatus.PROVEN
    return is_proven and larger - budget <= budget_excess(replace(component, max_changes=budget), solution.teams)


def _run(search: "_Search", run: Callable[[], None]) -> ComponentSolution:
    try:
        run()
    except OutOfTimeError:
        return search.solution()
    except Exception as error:  # whatever fails in the solver, the day is staffed
        return search.solution(error=f"{type(error).__name__}: {error}")
    return search.solution()


class _Search:
    def __init__(
        self, component: Component, deadline: float, pattern_limit: int, model: AssignmentModel | None = None
    ) -> None:
        """Start without an incumbent; `model` is one of the same component with another change budget."""
        self.model = model
        self._component = component
        self._deadline = deadline
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
        if self._complete_kept_plan():
            return
        if self._has_time_for_bound():
            self._bound = trivial_bound(self._component)
        if self._bound.only_plan is not None:
            self._prove_incumbent(self._bound.only_plan)
            return
        self._prepare()
        model = self._model()
        self._fix_budget(model)
        self._fix_pins(model)
        weighted = self._optimize(model, model.minimize_everything, bounds_everything=True)
        self._certify(model, weighted)
        self._prove_incumbent(self._teams)

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

    def _has_time_for_bound(self) -> bool:
        pairs = self._component.pair_count
        return pairs <= _PAIRS_TO_CHOOSE_AMONG or self._deadline - time.monotonic() > FLOOR_SECONDS * pairs

    def _complete_kept_plan(self) -> bool:
        """Prove the plan that keeps everything and staffs all, if there is one and little is left to decide."""
        left = undecided(self._component)
        if left is None:
            return False
        teams = dict(left.teams)
        now = time.monotonic()
        for part in left.components:
            only_plan = trivial_bound(part).only_plan
            if only_plan is None:
                if self._component.pair_count <= _PAIRS_TO_CHOOSE_AMONG:
                    return False
                solution = solve_component(part, deadline=now + _TUNED_SHARE * (self._deadline - now))
                if solution.status is not PlanStatus.PROVEN or len(solution.teams) < len(part.staffings):
                    return False
                only_plan = solution.teams
            teams |= only_plan
        self._prove_incumbent(teams)
        return True

    def _prepare(self) -> None:
        """Plan the floor first in a hurry, and on a large day that it may prove. Raises OutOfTimeError if it did."""
        pairs = self._component.pair_count
        seconds = (FLOOR_SECONDS + _BUILDING_SECONDS) * pairs
        least = max(_HURRY * seconds, min(_SHORT_HURRY[0] * seconds, _SHORT_HURRY[1]))
        is_hurried = self._deadline - time.monotonic() < least
        if is_hurried or (pairs > _PAIRS_TO_CHOOSE_AMONG and self._bound.cost is not None):
            self._stop_at_bound()
        self._remaining()

    @property
    def _floor(self) -> Teams:
        """The plan without a solver; it is made when first needed."""
        if self._floor_plan is None:
            now = time.monotonic()
            deadline = now + _FLOOR_SHARE * (self._deadline - now)
            self._floor_plan = floor_plan(self._component, deadline=deadline)
        return self._floor_plan

    def _stop_at_bound(self) -> None:
        """End the search if the floor is proven by the trivial bound."""
        if self._bound.is_reached_by(self._component, self._floor):
            raise OutOfTimeError

    def _prove_incumbent(self, teams: Teams) -> None:
        self._incumbent = teams
        self._bounds = objectives_of(self._component, teams)
        self._status = PlanStatus.PROVEN

    @property
    def _teams(self) -> Teams:
        """The incumbent; the greedy teams are built when first needed."""
        if self._incumbent is None:
            self._incumbent = greedy_teams(self._component, deadline=self._deadline)
        return self._incumbent

    def solution(self, error: str = "") -> ComponentSolution:
        """Return the incumbent with its bounds; unless proven, it is at least as good as the floor."""
        if self._status is not PlanStatus.PROVEN:
            self.offer(self._floor)
            if self._bound.is_reached_by(self._component, self._teams):
                self._prove_incumbent(self._teams)
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
            left = self._remaining(_BUILDING_SECONDS * self._component.pair_count)
            self.model = AssignmentModel.of(
                self._component, pattern_limit=self._pattern_limit, deadline=time.monotonic() + left
            )
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
        seconds = self._remaining() * _TUNED_SHARE
        if self._bound.cost is not None:
            seconds = min(seconds, _TUNED_SECONDS_AT_BOUND)
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

    def _remaining(self, least: float = _LEAST_SECONDS) -> float:
        per_pair = _DECODING_SECONDS if self._floor_plan is not None else _DECODING_SECONDS + FLOOR_SECONDS
        remaining = self._deadline - time.monotonic() - per_pair * self._component.pair_count
        if remaining < max(least, _LEAST_SECONDS):
            raise OutOfTimeError
        return remaining
