"""The trade-off between the change budget of a day and the quality of its plan."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimization.solver.decomposition import decompose, recombine
from optimization.solver.lexicographic import solve_budgets
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan

DEFAULT_BUDGETS = range(6)


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """The best plan that reassigns at most `max_changes` guides, or as few more as the hard rules require."""

    max_changes: int
    plan: DayPlan


def budget_curve(
    problem: DayProblem, budgets: Iterable[int] = DEFAULT_BUDGETS, *, time_limit_seconds: float = 20.0
) -> tuple[BudgetPoint, ...]:
    """Return the best plan for each of `budgets`, smallest first, within about `time_limit_seconds` in total.

    The model is built once and only its limit changes; the problem's own limit is ignored. Raises ValueError for a
    negative budget.
    """
    started = time.monotonic()
    ascending = sorted(set(budgets))
    if not ascending:
        return ()
    problem = replace(problem, max_changes=ascending[0])
    decomposition = decompose(problem)
    deadline = started + time_limit_seconds
    by_component = [solve_budgets(component, ascending, deadline=deadline) for component in decomposition.components]
    points = []
    for index, budget in enumerate(ascending):
        solutions = [of_component[index] for of_component in by_component]
        components = [replace(component, max_changes=budget) for component in decomposition.components]
        limited = replace(decomposition, components=components)
        points.append(BudgetPoint(budget, recombine(problem, limited, solutions, time.monotonic() - started)))
    return tuple(points)
