"""Solving a day: the assignment of guides to departures. Equal problems have equal plans.

`python -m optimization.solver FILE.json` plans a day described in a file; docs/solver-format.md has the format.
"""

import time
from collections.abc import Sequence
from typing import Final

from optimization.solver.components import Component
from optimization.solver.decomposition import decompose, recombine
from optimization.solver.floor import FLOOR_SECONDS
from optimization.solver.lexicographic import solve_component
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan
from optimization.solver.staffing_model import PATTERN_LIMIT

_LEAST_SHARE: Final = 0.5


def solve_day(problem: DayProblem, *, time_limit_seconds: float = 20.0, pattern_limit: int = PATTERN_LIMIT) -> DayPlan:
    """Return the best plan by the three lexicographic objectives, found within about `time_limit_seconds`.

    A limit on reassigned guides precedes the objectives. A departure whose teams have more than `pattern_limit`
    patterns is modelled by sums of capacities instead; this affects the solution time, not the plan's quality.

    A problem is never infeasible and nothing is raised: a departure that cannot be staffed has its reason; if the
    solver fails or reaches the time limit, the result is the incumbent, at worst the greedy plan.
    """
    started = time.monotonic()
    deadline = started + time_limit_seconds
    decomposition = decompose(problem)
    solutions = [
        solve_component(
            component,
            deadline=_deadline_of_first(decomposition.components[index:], deadline),
            pattern_limit=pattern_limit,
        )
        for index, component in enumerate(decomposition.components)
    ]
    return recombine(problem, decomposition, solutions, time.monotonic() - started)


def _deadline_of_first(components: Sequence[Component], deadline: float) -> float:
    """Return when the first component has to be done, so that the others have time, each at least for its floor.

    They come with the smallest first: what one of them leaves over goes to those after it.
    """
    now = time.monotonic()
    first, *others = [component.pair_count for component in components]
    available = max(0.0, deadline - now - FLOOR_SECONDS * sum(others))
    return now + available * (max(first / (first + sum(others)), _LEAST_SHARE) if others else 1.0)
