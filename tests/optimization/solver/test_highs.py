"""Statuses, bounds and values of the interface from PuLP to HiGHS."""

import pulp
import pytest
from pulp import constants

from optimization.solver.highs import THREADS, FastHiGHS
from optimization.solver.selfcheck import is_solver_working


def _knapsack(size: int = 30) -> pulp.LpProblem:
    problem = pulp.LpProblem("knapsack", pulp.LpMinimize)
    items = [problem.add_variable(f"x{number}", 0, 1, pulp.LpInteger) for number in range(size)]
    problem.objective = pulp.LpAffineExpression(
        [(item, -(number * 37 % 83) - 20) for number, item in enumerate(items)], constant=100
    )
    weight = pulp.LpAffineExpression([(item, number * 53 % 61 + 9) for number, item in enumerate(items)])
    problem.addConstraint(weight <= 200, "weight")
    return problem


def test_a_solved_model_is_proven_and_says_so() -> None:
    problem, solver = _knapsack(), FastHiGHS(time_limit_seconds=10)

    problem.solve(solver)

    assert problem.sol_status == constants.LpSolutionOptimal
    assert solver.gap == 0
    assert solver.bound == pytest.approx(pulp.value(problem.objective), abs=0.99)


def test_the_optimum_is_that_of_pulps_own_interface() -> None:
    ours, theirs = _knapsack(), _knapsack()

    ours.solve(FastHiGHS(time_limit_seconds=10))
    theirs.solve(pulp.HiGHS(msg=False, threads=THREADS))

    assert pulp.value(ours.objective) == pytest.approx(pulp.value(theirs.objective))


def test_a_solve_that_is_cut_short_is_not_called_optimal() -> None:
    problem = _knapsack()
    solver = FastHiGHS(time_limit_seconds=10, presolve="off", mip_max_improving_sols=1)

    problem.solve(solver)

    assert problem.status == constants.LpStatusNotSolved
    assert problem.sol_status == constants.LpSolutionIntegerFeasible
    assert solver.bound < pulp.value(problem.objective)


def test_without_time_there_is_no_solution_and_no_value() -> None:
    problem = _knapsack()

    problem.solve(FastHiGHS(time_limit_seconds=0.0, presolve="off"))

    assert problem.sol_status == constants.LpSolutionNoSolutionFound
    assert {variable.varValue for variable in problem.variables()} == {None}


def test_an_infeasible_model_is_called_infeasible() -> None:
    problem = _knapsack()
    problem.addConstraint(pulp.LpAffineExpression([(problem.variables()[0], 1)]) >= 2, "too much")

    problem.solve(FastHiGHS(time_limit_seconds=10))

    assert problem.sol_status == constants.LpSolutionInfeasible


def test_the_relaxation_is_at_least_as_good_as_the_best_whole_solution() -> None:
    whole, relaxed = _knapsack(), _knapsack()

    whole.solve(FastHiGHS(time_limit_seconds=10))
    relaxed.solve(FastHiGHS(time_limit_seconds=10, is_integer=False))

    assert pulp.value(relaxed.objective) < pulp.value(whole.objective)


def test_a_solve_can_start_from_a_known_solution() -> None:
    problem = _knapsack()
    start = dict.fromkeys(problem.variables(), 0)

    problem.solve(FastHiGHS(time_limit_seconds=10, warm_start=start))

    assert problem.sol_status == constants.LpSolutionOptimal


def test_the_self_check_passes_here() -> None:
    assert is_solver_working()


def test_the_self_check_notices_a_solver_that_does_not_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("highspy.Highs.run", lambda highs: None)

    assert not is_solver_working()
