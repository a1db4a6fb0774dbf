"""The day: who goes on which departure. A function of values to values; equal input, equal answer.

`python -m optimization.solver FILE.json` plans a day that a file describes; docs/solver-format.md has the format.
"""

import time

from optimization.solver.assignment_model import PATTERN_LIMIT
from optimization.solver.decomposition import decompose, recombine
from optimization.solver.lexicographic import solve_component
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan


def solve_day(problem: DayProblem, *, time_limit_seconds: float = 20.0, pattern_limit: int = PATTERN_LIMIT) -> DayPlan:
    """The best plan by the three objectives in strict order, found within about `time_limit_seconds`.

    A limit on the people moved comes before the objectives. A departure whose teams have over `pattern_limit`
    patterns is modelled by sums of capacities instead; that changes how long it takes, not how good the plan is.

    Never infeasible and never an exception: a departure that cannot be staffed has its reason, a solver that
    runs out of time or fails leaves the best plan found so far, at worst greedy's.
    """
    started = time.monotonic()
    deadline = started + time_limit_seconds
    parts = decompose(problem)
    answers = [solve_component(part, deadline=deadline, pattern_limit=pattern_limit) for part in parts.components]
    return recombine(problem, parts, answers, time.monotonic() - started)
