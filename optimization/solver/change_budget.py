"""What a day gains with every person more who may be moved."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimization.solver.decomposition import decompose, recombine
from optimization.solver.lexicographic import solve_budgets
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan

USUAL_BUDGETS = range(6)


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """The best plan that moves at most `max_changes` people, or as few more as the rules allow."""

    max_changes: int
    plan: DayPlan


def budget_curve(
    problem: DayProblem, budgets: Iterable[int] = USUAL_BUDGETS, *, time_limit_seconds: float = 20.0
) -> tuple[BudgetPoint, ...]:
    """The best plan for each of `budgets`, smallest first, within about `time_limit_seconds` for all of them.

    The model is built once and only its limit changes. Whatever limit the problem has is not looked at.
    Raises ValueError for a negative budget.
    """
    started = time.monotonic()
    wanted = sorted(set(budgets))
    if not wanted:
        return ()
    problem = replace(problem, max_changes=wanted[0])
    parts = decompose(problem)
    by_part = [solve_budgets(part, wanted, deadline=started + time_limit_seconds) for part in parts.components]
    points = []
    for index, budget in enumerate(wanted):
        answers = [answers[index] for answers in by_part]
        components = [replace(part, max_changes=budget) for part in parts.components]
        plan = recombine(problem, replace(parts, components=components), answers, time.monotonic() - started)
        points.append(BudgetPoint(budget, plan))
    return tuple(points)
