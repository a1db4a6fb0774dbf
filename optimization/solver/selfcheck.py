"""A self-check of the solver, for the start of a process."""

from typing import Final

import pulp
from pulp import constants

from optimization.solver.highs import FastHiGHS

_VALUES: Final = (5, 4, 3)
_WEIGHTS: Final = (4, 3, 2)
_CAPACITY: Final = 5
_OPTIMUM: Final = (0, 1, 1)


def is_solver_working() -> bool:
    """Return whether HiGHS, through PuLP, proves the known optimum of a knapsack with three variables."""
    problem = pulp.LpProblem("selfcheck", pulp.LpMinimize)
    variables = [problem.add_variable(f"x{index}", 0, 1, pulp.LpInteger) for index in range(len(_VALUES))]
    problem.objective = pulp.LpAffineExpression(
        [(variable, -value) for variable, value in zip(variables, _VALUES, strict=True)]
    )
    weight = pulp.LpAffineExpression(list(zip(variables, _WEIGHTS, strict=True)))
    problem.addConstraint(pulp.LpConstraint(weight, pulp.LpConstraintLE, rhs=_CAPACITY), "capacity")
    try:
        problem.solve(FastHiGHS(time_limit_seconds=5.0))
    except pulp.PulpSolverError:
        return False
    is_proven = problem.sol_status == constants.LpSolutionOptimal
    return is_proven and tuple(round(variable.varValue) for variable in variables) == _OPTIMUM
