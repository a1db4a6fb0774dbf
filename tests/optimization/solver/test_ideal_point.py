"""The ideal point of a day, which no plan dominates."""

import subprocess
import sys

from hypothesis import given

from optimization.solver import solve_day
from optimization.solver.problem import DayProblem
from optimization.solver.solution import Objectives
from tests.optimization.solver.days import day, pair, small_days, trip
from tests.optimization.solver.ideal_point import ideal_objectives
from tests.optimization.solver.test_exactness import SEARCH


def test_the_ideal_has_every_departure_staffed_by_its_best_guide() -> None:
    first, second = trip(1, "08:00", "12:00", 4), trip(2, "09:00", "13:00", 6)
    unstaffable = trip(3, "09:00", "13:00", 5)
    crew = [
        pair(departure, number, 8, 300 * number, is_kept=number == 1)
        for departure in (first, second)
        for number in (1, 2)
    ]
    problem = day([first, second, unstaffable], crew)

    plan = solve_day(problem)

    assert plan.objectives == Objectives(guests=10, kept=1, loss=701 + 401)
    assert ideal_objectives(problem, plan) == Objectives(guests=15, kept=2, loss=401 + 401)


@SEARCH
@given(small_days())
def test_no_plan_is_better_than_the_ideal_in_any_objective(problem: DayProblem) -> None:
    plan = solve_day(problem)

    ideal = ideal_objectives(problem, plan)

    assert plan.objectives.guests <= ideal.guests
    assert plan.objectives.kept <= ideal.kept
    assert plan.objectives.loss >= ideal.loss


def test_the_solver_needs_no_django() -> None:
    loaded = _loaded_by("from optimization.solver import solve_day, solve_request")

    assert "highspy" in loaded
    assert "django" not in loaded


def test_the_values_of_problems_and_solutions_need_no_highs() -> None:
    loaded = _loaded_by("import optimization.solver.problem, optimization.solver.solution")

    assert "optimization.solver" in loaded
    assert loaded.isdisjoint({"highspy", "pulp", "numpy"})


def _loaded_by(statement: str) -> set[str]:
    program = f"import sys; {statement}; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )
