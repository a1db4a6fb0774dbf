"""A PuLP interface to HiGHS that loads the model in one call, reads back the values only, and reports true statuses.

PuLP's own interface adds columns and rows one at a time, which takes longer than solving, and reports a run that
reached its time limit as optimal.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import highspy
import numpy as np
import pulp
from pulp import constants

from optimization.solver.bounded_run import LEAST_ENTRIES, Outcome, run_apart, run_here

# HiGHS silently refuses a second solve in one process with another number of threads.
THREADS: Final = 1

_ROW_WISE: Final = 2
_MINIMISE: Final = 1
_LIMITS: Final = frozenset(
    {
        highspy.HighsModelStatus.kTimeLimit,
        highspy.HighsModelStatus.kIterationLimit,
        highspy.HighsModelStatus.kSolutionLimit,
        highspy.HighsModelStatus.kInterrupt,
        highspy.HighsModelStatus.kMemoryLimit,
    }
)
_NO_SOLUTION: Final = (constants.LpStatusInfeasible, constants.LpSolutionInfeasible)


class DirectProblem(pulp.LpProblem):  # type: ignore[misc]
    """A problem that registers its variables when they are created, in that order, as PuLP 4 will.

    PuLP 3 searches every added row for new ones.
    """

    def add_variable(self, *args: Any, **kwargs: Any) -> pulp.LpVariable:
        """Return a new variable of the problem; parameters as in PuLP."""
        variable = super().add_variable(*args, **kwargs)
        self._register_variable(variable)
        return variable

    def _add_variables(self, variables: Iterable[pulp.LpVariable]) -> None:
        """Do nothing: all variables are registered."""


class FastHiGHS(pulp.HiGHS):  # type: ignore[misc]
    """A solver of minimisation models; after a solve it has the dual `bound` and the relative `gap`.

    The problem's `sol_status` is 1 for a proven optimum, 2 for a solution that may not be optimal; the variables
    have values in these two cases only.
    """

    bound: float = float("-inf")
    gap: float = float("inf")

    def __init__(
        self,
        *,
        time_limit_seconds: float,
        is_integer: bool = True,
        warm_start: Mapping[pulp.LpVariable, int] | None = None,
        **options: Any,
    ) -> None:
        """Set the time limit, a solution to start from and options of HiGHS."""
        super().__init__(
            mip=is_integer,
            msg=False,
            threads=THREADS,
            timeLimit=time_limit_seconds,
            gapRel=0.0,
            gapAbs=0.99,
            **options,
        )
        self._warm_start = warm_start
        self._seconds = time_limit_seconds
        self._entries = 0

    def actualSolve(self, lp: pulp.LpProblem) -> int:  # noqa: N802 (PuLP's name)
        """Solve `lp`, as called by `LpProblem.solve`. Raises PulpSolverError if HiGHS refuses the model or fails."""
        self.createAndConfigureSolver(lp)
        columns = self._load(lp)
        outcome = self._run(lp.solverModel)
        status, solution_status = self._read_status(lp.solverModel, outcome)
        has_solution = solution_status in (constants.LpSolutionOptimal, constants.LpSolutionIntegerFeasible)
        if has_solution and outcome.values is not None:
            for column, value in zip(columns, outcome.values.tolist(), strict=True):
                column.varValue = value
        lp.assignStatus(status, solution_status)
        return status

    def _run(self, highs: highspy.Highs) -> Outcome:
        if self.mip and self._entries >= LEAST_ENTRIES:
            return run_apart(highs, seconds=self._seconds)
        return run_here(highs, is_integer=self.mip)

    def _load(self, lp: pulp.LpProblem) -> list[pulp.LpVariable]:
        columns = self._columns(lp)
        costs = np.zeros(len(columns))
        for variable, cost in lp.objective.items():
            costs[variable.index] = cost
        rows = list(lp._constraints.values())
        starts = np.zeros(len(rows) + 1, dtype=np.int32)
        np.cumsum([len(row.expr) for row in rows], out=starts[1:])
        self._entries = int(starts[-1])
        lower, upper = [row.getLb() for row in rows], [row.getUb() for row in rows]
        accepted = lp.solverModel.passModel(
            len(columns),
            len(rows),
            int(starts[-1]),
            _ROW_WISE,
            _MINIMISE,
            float(lp.objective.constant),
            costs,
            np.array([variable.lowBound for variable in columns], dtype=np.float64),
            np.array([variable.upBound for variable in columns], dtype=np.float64),
            np.array([-highspy.kHighsInf if bound is None else bound for bound in lower], dtype=np.float64),
            np.array([highspy.kHighsInf if bound is None else bound for bound in upper], dtype=np.float64),
            starts[:-1],
            np.array([variable.index for row in rows for variable in row.expr], dtype=np.int32),
            np.array([factor for row in rows for factor in row.expr.values()], dtype=np.float64),
            np.full(len(columns), int(self.mip), dtype=np.int32),
        )
        if accepted == highspy.HighsStatus.kError:
            raise pulp.PulpSolverError("HiGHS refused the model.")
        self._pass_warm_start(lp.solverModel)
        return columns

    def _columns(self, lp: pulp.LpProblem) -> list[pulp.LpVariable]:
        """Return the variables in order of creation, and number them; PuLP would sort them by name."""
        lp._add_variables(lp.objective)
        for index, variable in enumerate(lp._variables):
            variable.index = index
        return list(lp._variables)

    def _pass_warm_start(self, highs: highspy.Highs) -> None:
        if self._warm_start is None:
            return
        indices = np.array([variable.index for variable in self._warm_start], dtype=np.int32)
        values = np.array(list(self._warm_start.values()), dtype=np.float64)
        highs.setSolution(len(indices), indices, values)

    def _read_status(self, highs: highspy.Highs, outcome: Outcome) -> tuple[int, int]:
        self.bound = outcome.bound
        if outcome.status == highspy.HighsModelStatus.kOptimal:
            self.gap = 0.0
            return constants.LpStatusOptimal, constants.LpSolutionOptimal
        if outcome.status in _LIMITS:
            if self.mip and outcome.values is not None:
                self.gap = outcome.gap
                return constants.LpStatusNotSolved, constants.LpSolutionIntegerFeasible
            return constants.LpStatusNotSolved, constants.LpSolutionNoSolutionFound
        if outcome.status in (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        ):
            return _NO_SOLUTION
        raise pulp.PulpSolverError(f"HiGHS ended with {highs.modelStatusToString(outcome.status)}.")
