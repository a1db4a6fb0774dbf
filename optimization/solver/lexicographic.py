"""Lexicographic optimization of one component.

The objectives are first solved as one weighted sum, whose optimum is lexicographic for large enough weights
(Isermann 1982, Sherali & Soyster 1983). Bounds of linear relaxations then certify that these weights were; an
objective that they do not certify is solved on its own (`optimization.solver.search`).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from optimization.solver.assignment_model import AssignmentModel
from optimization.solver.component_solution import ComponentSolution
from optimization.solver.components import Component
from optimization.solver.greedy import budget_excess
from optimization.solver.kept_plan import undecided
from optimization.solver.search import Search
from optimization.solver.search_time import TUNED_SHARE, SearchTime
from optimization.solver.solution import PlanStatus
from optimization.solver.staffing import Teams
from optimization.solver.staffing_model import PATTERN_LIMIT, OutOfTimeError
from optimization.solver.trivial_bound import trivial_bound


def solve_component(
    component: Component, *, deadline: float, pattern_limit: int = PATTERN_LIMIT, warm_start: Teams | None = None
) -> ComponentSolution:
    """Return the best plan found before `deadline`, in seconds of the monotonic clock.

    It is never worse than the floor or `warm_start`.
    """
    search = Search(component, deadline, pattern_limit)
    if warm_start is not None:
        search.offer(warm_start)
    return _run(search, partial(_complete_or_search, component, search, SearchTime(deadline, component.pair_count)))


def serve_most(component: Component, *, deadline: float, warm_start: Teams) -> ComponentSolution:
    """Return a plan of most guests, found before `deadline`; loss does not count.

    It is never worse than the floor or `warm_start`. If it serves more guests than these, it also keeps the most
    pairs. Where the guests equal their bound they are proven, even if the time was too short for the rest.
    """
    search = Search(component, deadline, PATTERN_LIMIT)
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
        search = Search(replace(component, max_changes=budget), now + share, PATTERN_LIMIT, model)
        if solutions:
            search.offer(solutions[-1].teams)
        solutions.append(_run(search, search.run))
        model = search.model
    return solutions


def _is_within_excess(component: Component, budget: int, solution: ComponentSolution, larger: int) -> bool:
    """Return whether the hard rules alone reassign so many guides that the larger budget changes nothing."""
    is_proven = solution.status is PlanStatus.PROVEN
    return is_proven and larger - budget <= budget_excess(replace(component, max_changes=budget), solution.teams)


def _run(search: Search, run: Callable[[], None]) -> ComponentSolution:
    try:
        run()
    except OutOfTimeError:
        return search.solution()
    except Exception as error:  # whatever fails in the solver, the day is staffed
        return search.solution(error=f"{type(error).__name__}: {error}")
    return search.solution()


def _complete_or_search(component: Component, search: Search, left: SearchTime) -> None:
    teams = _completed_kept_plan(component, left)
    if teams is None:
        search.run()
    else:
        search.prove(teams)


def _completed_kept_plan(component: Component, left: SearchTime) -> Teams | None:
    """Return the best plan if one keeps everything and staffs all, and little is left to decide; else None."""
    kept = undecided(component)
    if kept is None:
        return None
    teams = dict(kept.teams)
    deadline = left.share(TUNED_SHARE)
    for part in kept.components:
        only_plan = trivial_bound(part).only_plan
        if only_plan is None:
            if left.is_small:
                return None
            solution = solve_component(part, deadline=deadline)
            if solution.status is not PlanStatus.PROVEN or len(solution.teams) < len(part.staffings):
                return None
            only_plan = solution.teams
        teams |= only_plan
    return teams
