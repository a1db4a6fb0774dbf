"""`python -m benchmarks.solvers.worker <solver>`: solves the tasks that come as lines of JSON on stdin.

A solver's module is imported only in its own process: OR-Tools and highspy cannot live in one.
"""

import gc
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.solvers.compact import compact_model
from benchmarks.solvers.figures import cpu_clock
from benchmarks.solvers.instances import day_of, request_of
from benchmarks.solvers.judging import worth_of
from benchmarks.solvers.rivals import Result, Solved, Task
from optimization.solver.problem import DayProblem, RequestProblem

SOLVERS = {
    "ours": ("own", "solve_ours"),
    "greedy": ("own", "solve_greedily"),
    "highspy": ("arrays", "solve_from_arrays"),
    "naive": ("naive", "solve_naively"),
    "cpsat-1": ("constraint", "solve_with_one_worker"),
    "cpsat-8": ("constraint", "solve_with_eight_workers"),
    "cpsat-lexicographic": ("constraint", "solve_lexicographically"),
    "request-ours": ("own", "answer_ours"),
    "request-closed": ("own", "answer_by_closed_form"),
    "request-highspy": ("arrays", "answer_from_arrays"),
}


def main() -> None:
    """Solve tasks until stdin ends."""
    module, function = SOLVERS[sys.argv[1]]
    solve: Callable[[Any, float], Solved] = getattr(import_module(f"benchmarks.solvers.{module}"), function)
    solve(day_of("1x", 0), 10.0) if "request" not in sys.argv[1] else solve(request_of(0, dates=1), 10.0)
    for line in sys.stdin:
        print(json.dumps(asdict(_run(solve, Task(**json.loads(line))))), flush=True)


def _run(solve: Callable[[Any, float], Solved], task: Task) -> Result:
    instance: DayProblem | RequestProblem
    if task.size:
        instance = day_of(task.size, task.seed, task.crowding)
    else:
        instance = request_of(task.seed, dates=task.dates, guides=task.guides)
    solved, wall, cpu = Solved({}), [], []
    for _ in range(task.rounds):
        gc.collect()
        started, cpu_started = time.perf_counter(), cpu_clock()
        solved = solve(instance, task.time_limit_seconds)
        wall.append(time.perf_counter() - started)
        cpu.append(cpu_clock() - cpu_started)
    memory_mb = _most_memory_mb()
    day = _as_day(instance)
    led = {choice.departure.id for choice in compact_model(day).choices}
    return Result(
        seconds=min(wall),
        cpu_seconds=min(cpu),
        worth=worth_of(day, solved.teams),
        is_proven=solved.is_proven,
        variables=solved.variables,
        rows=solved.rows,
        hopeless=sum(departure.weight for departure in day.departures if departure.id not in led),
        memory_mb=memory_mb,
    )


def _most_memory_mb() -> float:
    """Return the peak of this program alone: `ru_maxrss` includes the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


def _as_day(instance: DayProblem | RequestProblem) -> DayProblem:
    """Return a request as a day: its dates are days apart and so do not compete for guides either."""
    if isinstance(instance, DayProblem):
        return instance
    return DayProblem(
        departures=tuple(option.departure for option in instance.options),
        pairs=tuple(pair for option in instance.options for pair in option.pairs),
    )


if __name__ == "__main__":
    main()
