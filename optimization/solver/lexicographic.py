"""The best plan of one component, and how far it is proven.

All objectives are solved at once with weights; linear programs then certify that the weights kept the objectives in
order, and where they cannot, the level is solved on its own.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import pulp
from pulp import constants

from optimization.solver.assignment_model import GUESTS_WEIGHT, KEPT_WEIGHT, PATTERN_LIMIT, DayModel
from optimization.solver.components import Component
from optimization.solver.greedy import Teams, greedy_teams, merit, objectives_of, over_budget, pinned_held
from optimization.solver.highs import FastHiGHS
from optimization.solver.problem import EligiblePair
from optimization.solver.solution import Objectives, PlanStatus

# Measured on days of every size: the same optima in half the time. They can leave a hard model without any
# solution, which is why a run that they do not finish is repeated with HiGHS's own.
TUNED_OPTIONS: Final[Mapping[str, Any]] = {
    "presolve": "off",
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_heuristic_run_feasibility_jump": False,
}
# A relaxation is solved before its presolve would be through.
LP_OPTIONS: Final[Mapping[str, Any]] = {"presolve": "off"}
_TUNED_SHARE: Final = 0.6
_LEAST_SECONDS: Final = 0.005
# What building the model takes a pair: a model that is ready when the time is over helps nobody.
_BUILDING_SECONDS: Final = 2e-5
_ROUNDING: Final = 1e-4


@dataclass(frozen=True, slots=True)
class ComponentSolution:
    """A component's plan. `objective` and `objective_bound` are of the weighted model, to be minimised."""

    teams: Mapping[UUID, tuple[EligiblePair, ...]]
    status: PlanStatus
    objectives: Objectives
    bounds: Objectives
    objective: float
    objective_bound: float
    variables: int = 0
    rows: int = 0
    error: str = ""


class OutOfTimeError(Exception):
    """The deadline passed before a proof."""


def solve_component(
    component: Component, *, deadline: float, pattern_limit: int = PATTERN_LIMIT, warm_start: Teams | None = None
) -> ComponentSolution:
    """The best plan found until `deadline` (of the monotonic clock); never worse than greedy's or than `warm_start`."""
    search = _Search(component, deadline, pattern_limit)
    if warm_start is not None:
        search.offer(warm_start)
    return _outcome(search)


def solve_budgets(component: Component, budgets: Sequence[int], *, deadline: float) -> list[ComponentSolution]:
    """The best plans for rising limits of people moved, all from one model; each has its part of the time."""
    answers: list[ComponentSolution] = []
    model: DayModel | None = None
    for index, budget in enumerate(budgets):
        if answers and _is_as_few(component, budgets[index - 1], answers[-1], budget):
            answers.append(answers[-1])
            continue
        now = time.monotonic()
        share = (deadline - now) / (len(budgets) - index)
        search = _Search(replace(component, max_changes=budget), now + share, PATTERN_LIMIT, model)
        if answers:
            search.offer(answers[-1].teams)
        answers.append(_outcome(search))
        model = search.model
    return answers


def _is_as_few(component: Component, budget: int, answer: ComponentSolution, larger: int) -> bool:
    """Whether the rules alone move so many people that a larger limit changes nothing."""
    is_proven = answer.status is PlanStatus.PROVEN
    return is_proven and larger - budget <= over_budget(replace(component, max_changes=budget), answer.teams)


def _outcome(search: "_Search") -> ComponentSolution:
    try:
        search.run()
    except OutOfTimeError:
        return search.answer()
    except Exception as error:  # whatever breaks in the solver, the day is staffed
        return search.answer(error=f"{type(error).__name__}: {error}")
    return search.answer()


class _Search:
    def __init__(
        self, component: Component, deadline: float, pattern_limit: int, model: DayModel | None = None
    ) -> None:
        """`model` is one of the same component with another limit of people moved."""
        self.model = model
        self._component = component
        self._deadline = deadline
        self._pattern_limit = pattern_limit
        self._incumbent: Teams | None = None
        self._total = _everything(component)
        self._bounds = Objectives(self._total.guests, self._total.kept, 0)
        self._objective_bound = 0.0
        self._status = PlanStatus.GREEDY

    def run(self) -> None:
        """Raises OutOfTimeError where the deadline ends the search, and whatever the solver raises."""
        self._remaining()
        model = self._model()
        self._settle_budget(model)
        self._settle_pins(model)
        weighted = self._find(model, model.minimize_everything, bounds_everything=True)
        self._certify(model, weighted)
        self._bounds = objectives_of(self._component, self._teams)
        self._status = PlanStatus.PROVEN

    @property
    def _teams(self) -> Teams:
        """The best known; greedy's are not looked for before they are needed."""
        if self._incumbent is None:
            self._incumbent = greedy_teams(self._component)
        return self._incumbent

    def answer(self, error: str = "") -> ComponentSolution:
        if self._status is not PlanStatus.PROVEN:
            self.offer(greedy_teams(self._component))
        objectives = objectives_of(self._component, self._teams)
        objective = _weighted(self._total, objectives)
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
        """Take these teams if they are better than those known."""
        if self._incumbent is None or merit(self._component, teams) < merit(self._component, self._incumbent):
            self._incumbent = teams

    def _model(self) -> DayModel:
        if self.model is None:
            self._remaining(_BUILDING_SECONDS * sum([len(staffing.pairs) for staffing in self._component.staffings]))
            self.model = DayModel.of(self._component, pattern_limit=self._pattern_limit)
        elif self._component.max_changes is not None:
            self.model.allow_changes(self._component.max_changes)
        return self.model

    def _settle_budget(self, model: DayModel) -> None:
        """The limit of people moved comes before anything else; where it cannot be kept, as few over it as possible."""
        if self._component.max_changes is None:
            return
        over = over_budget(self._component, self._teams)
        if over and self._relaxed_bound(model, model.minimize_budget) < over:
            self._find(model, model.minimize_budget)
        model.fix_budget(over_budget(self._component, self._teams))

    def _settle_pins(self, model: DayModel) -> None:
        """Departures with pinned guides come first: hold as many as can be staffed together."""
        if not model.total_pinned():
            return
        if pinned_held(self._component, self._teams) < model.total_pinned():
            self._find(model, model.minimize_pins)
        model.fix_pins(pinned_held(self._component, self._teams))

    def _certify(self, model: DayModel, weighted: Objectives) -> None:
        """Prove the first two objectives of the plan, or find better ones and then the least loss with them.

        A weighted optimum has the least loss among plans with its first two objectives, so if these prove to be
        the best, so is it.
        """
        guests = self._settle(model, model.minimize_guests, lambda objectives: self._total.guests - objectives.guests)
        model.fix_guests(guests.guests)
        self._bounds = self._bounds._replace(guests=guests.guests)
        kept = self._settle(model, model.minimize_kept, lambda objectives: self._total.kept - objectives.kept)
        model.fix_kept(kept.kept)
        self._bounds = self._bounds._replace(kept=kept.kept)
        if kept[:2] != weighted[:2]:
            self._find(model, model.minimize_loss)

    def _settle(self, model: DayModel, aim: Callable[[], None], missed: Callable[[Objectives], int]) -> Objectives:
        """The best of one level given those held: by the relaxation's bound, else by solving it."""
        shortfall = missed(objectives_of(self._component, self._teams))
        if shortfall and self._relaxed_bound(model, aim) < shortfall:
            self._find(model, aim)
        return objectives_of(self._component, self._teams)

    def _relaxed_bound(self, model: DayModel, aim: Callable[[], None]) -> int:
        aim()
        solver = FastHiGHS(time_limit_seconds=self._remaining(), is_integer=False, **LP_OPTIONS)
        model.problem.solve(solver)
        is_solved = model.problem.sol_status == constants.LpSolutionOptimal
        return math.ceil(solver.bound - _ROUNDING) if is_solved else 0

    def _find(self, model: DayModel, aim: Callable[[], None], *, bounds_everything: bool = False) -> Objectives:
        """The objectives of a proven optimum of `aim`, whose teams are taken if they are better.

        Raises OutOfTimeError without a proof; what was found until then is taken likewise.
        """
        aim()
        tuned = FastHiGHS(time_limit_seconds=self._remaining() * _TUNED_SHARE, **TUNED_OPTIONS)
        if not self._solve(model, tuned, bounds_everything):
            start = model.assignment(self._teams)
            careful = FastHiGHS(time_limit_seconds=self._remaining(), start=start)
            if not self._solve(model, careful, bounds_everything):
                raise OutOfTimeError
        return objectives_of(self._component, model.teams())

    def _solve(self, model: DayModel, solver: FastHiGHS, bounds_everything: bool) -> bool:
        model.problem.solve(solver)
        if model.problem.sol_status == constants.LpSolutionInfeasible:
            raise pulp.PulpSolverError("HiGHS calls a model infeasible that has a solution.")
        is_proven = bool(model.problem.sol_status == constants.LpSolutionOptimal)
        if is_proven or model.problem.sol_status == constants.LpSolutionIntegerFeasible:
            self._status = PlanStatus.BEST_FOUND
            self.offer(model.teams())
        if bounds_everything and math.isfinite(solver.bound):
            self._objective_bound = max(self._objective_bound, solver.bound)
        return is_proven

    def _remaining(self, least: float = _LEAST_SECONDS) -> float:
        remaining = self._deadline - time.monotonic()
        if remaining < max(least, _LEAST_SECONDS):
            raise OutOfTimeError
        return remaining


def _everything(component: Component) -> Objectives:
    """Every departure staffed, every pair kept."""
    return Objectives(
        guests=sum([staffing.departure.weight for staffing in component.staffings]),
        kept=sum([pair.is_kept for staffing in component.staffings for pair in staffing.pairs]),
        loss=0,
    )


def _weighted(total: Objectives, objectives: Objectives) -> float:
    return float(
        GUESTS_WEIGHT * (total.guests - objectives.guests)
        + KEPT_WEIGHT * (total.kept - objectives.kept)
        + objectives.loss
    )
