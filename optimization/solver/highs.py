"""HiGHS behind PuLP without the detours: one call loads the model, only values come back, statuses are true.

PuLP's own bridge adds columns and rows one at a time, which takes longer than solving, and reports a run
that hit its time limit as optimal.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import highspy
import numpy as np
import pulp
from pulp import constants

# A second solve in one process with another number of threads is refused by HiGHS, silently.
THREADS: Final = 1

_ROW_WISE: Final = 2
_MINIMISE: Final = 1
_FEASIBLE: Final = 2
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
    """A problem that has its variables from their creation, in that order, as it will be in PuLP 4.

    PuLP 3 looks for new ones in every row that is added.
    """

    def add_variable(self, *args: Any, **kwargs: Any) -> pulp.LpVariable:
        variable = super().add_variable(*args, **kwargs)
        self._register_variable(variable)
        return variable

    def _add_variables(self, variables: Iterable[pulp.LpVariable]) -> None:
        """They are all known."""


class FastHiGHS(pulp.HiGHS):  # type: ignore[misc]
    """Solves minimisation models. After a solve `bound` and `gap` (relative) tell how far it got.

    The problem's `sol_status` is 1 for a proven optimum, 2 for a solution that may not be the best; the
    variables have values in these two cases only.
    """

    bound: float = float("-inf")
    gap: float = float("inf")

    def __init__(
        self,
        *,
        time_limit_seconds: float,
        is_integer: bool = True,
        start: Mapping[pulp.LpVariable, int] | None = None,
        **options: Any,
    ) -> None:
        """`start` is a solution to begin with, `options` are HiGHS's own."""
        super().__init__(
            mip=is_integer,
            msg=False,
            threads=THREADS,
            timeLimit=time_limit_seconds,
            gapRel=0.0,
            gapAbs=0.99,
            **options,
        )
        self._start = start

    def actualSolve(self, lp: pulp.LpProblem) -> int:  # noqa: N802 (PuLP's name)
        """Called by `LpProblem.solve`. Raises PulpSolverError when HiGHS refuses the model or fails."""
        self.createAndConfigureSolver(lp)
        columns = self._load(lp)
        outcome = lp.solverModel.run()
        status, solution_status = self._read_status(lp.solverModel, outcome)
        if solution_status in (constants.LpSolutionOptimal, constants.LpSolutionIntegerFeasible):
            values = lp.solverModel.getSolution().col_value
            for column, value in zip(columns, values, strict=True):
                column.varValue = value
        lp.assignStatus(status, solution_status)
        return status

    def _load(self, lp: pulp.LpProblem) -> list[pulp.LpVariable]:
        columns = self._columns(lp)
        costs = np.zeros(len(columns))
        for variable, cost in lp.objective.items():
            costs[variable.index] = cost
        rows = list(lp._constraints.values())
        starts = np.zeros(len(rows) + 1, dtype=np.int32)
        np.cumsum([len(row.expr) for row in rows], out=starts[1:])
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
        self._propose(lp.solverModel)
        return columns

    def _columns(self, lp: pulp.LpProblem) -> list[pulp.LpVariable]:
        """The variables in the order of their first use, each told its place; PuLP would sort them by name."""
        lp._add_variables(lp.objective)
        for index, variable in enumerate(lp._variables):
            variable.index = index
        return list(lp._variables)

    def _propose(self, highs: highspy.Highs) -> None:
        if self._start is None:
            return
        indices = np.array([variable.index for variable in self._start], dtype=np.int32)
        values = np.array(list(self._start.values()), dtype=np.float64)
        highs.setSolution(len(indices), indices, values)

    def _read_status(self, highs: highspy.Highs, outcome: highspy.HighsStatus) -> tuple[int, int]:
        status = highs.getModelStatus()
        info = highs.getInfo()
        self.bound = float(info.mip_dual_bound if self.mip else info.objective_function_value)
        if status == highspy.HighsModelStatus.kOptimal:
            self.gap = 0.0
            return constants.LpStatusOptimal, constants.LpSolutionOptimal
        if status in _LIMITS:
            if self.mip and info.primal_solution_status == _FEASIBLE:
                self.gap = float(info.mip_gap)
                return constants.LpStatusNotSolved, constants.LpSolutionIntegerFeasible
            return constants.LpStatusNotSolved, constants.LpSolutionNoSolutionFound
        if status in (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        ):
            return _NO_SOLUTION
        raise pulp.PulpSolverError(f"HiGHS ended with {highs.modelStatusToString(status)} ({outcome}).")
