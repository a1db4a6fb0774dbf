"""Planning fourteen days of six regions in three clusters by one process and by two: `make bench ARGS=horizon`.

The command is also compared with the solver alone on the same problems, as it measures it itself in each run.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from redis import Redis

from benchmarks.report import Table
from benchmarks.solvers.instances import clusters_of_day
from benchmarks.solvers.pool import measure_chains, measure_pool
from optimization.solver.problem import DayProblem
from tests.service import CHECKOUT, RunningService

DAYS = 14
TARGET = 1.7
MOST_OF_ONE = 0.58
MOST_OF_SOLVER = 3.0
COLUMNS = ("what is planned", "1 process s", "2 processes s", "what is compared", "figure", "target", "met")
EVEN = "the solver, three clusters of two regions"
UNEVEN = "the solver, clusters of three, two and one regions"
WHOLE = "optimize_schedules --dry-run, siblings and database beside it"
WITHOUT_START = "the same without the start of the process"
SPEED_UP = "one process / two"
TWO_TO_ONE = "two processes / one"
TO_SOLVER = "one process / the solver alone on the same problems"

Chains = Sequence[Sequence[DayProblem]]


class Timed(NamedTuple):
    """The best times of the command, in seconds; `solver` is its part of that on one process."""

    start: float
    alone: float
    together: float
    solver: float


def measure_horizon(service: RunningService, *, rounds: int) -> Table:
    """Measure the solver alone on days of 10x, and the operator's command on the sandbox's company."""
    timed = _timed_command(service, rounds)
    rows = [
        _solver_row(EVEN, _chains((2, 2, 2)), rounds),
        _solver_row(UNEVEN, _chains((3, 2, 1)), rounds),
        *_command_rows(timed),
    ]
    notes = (
        f"{DAYS} dates; the best of {rounds} rounds, one and two processes taken in turns. A process takes the next "
        "date of any cluster whose date before is done, so that the longest cluster bounds the speed-up: the target of "
        f"the solver is {TARGET}, or 0.85 of what the clusters allow, which is all the work over the larger of half of "
        "it and the longest cluster's (by CPU time in one process). What is lost beyond that: problems and plans are "
        "sent between processes, the cores share caches and memory bandwidth, and at the end one process waits. This "
        f"machine has {os.cpu_count()} cores; the command shares them with the siblings it asks, PostgreSQL and "
        "Valkey, which work for both processes. Python, Django and the checks of a process that starts take "
        f"{timed.start:.2f} s of the command, which no second process shortens; the solver takes {timed.solver:.2f} s "
        "of it, by the clock of its runs."
    )
    return Table("horizon", f"{DAYS} days of six regions on one process and on two", COLUMNS, rows, notes)


def _chains(regions: Sequence[int]) -> list[list[DayProblem]]:
    """Return a chain of dates for each cluster, by its number of regions of six."""
    return [[clusters_of_day(f"{count} of 6 regions", seed)[0] for seed in range(1, DAYS + 1)] for count in regions]


def _solver_row(name: str, chains: Chains, rounds: int) -> list[str]:
    longest = [sum(chain) for chain in measure_chains(chains)]
    allowed = sum(longest) / max(sum(longest) / 2, *longest)
    times = [(measure_pool(chains, 1), measure_pool(chains, 2)) for _ in range(rounds)]
    alone, together = min(seconds for seconds, _ in times), min(seconds for _, seconds in times)
    least = min(TARGET, 0.85 * allowed)
    met = _met(alone / together >= least)
    return [name, f"{alone:.2f}", f"{together:.2f}", SPEED_UP, f"{alone / together:.2f}", f"≥ {least:.2f}", met]


def _command_rows(timed: Timed) -> list[list[str]]:
    """Return the rows with targets, for the whole command, and beside them what is left without its start."""
    alone, together = timed.alone - timed.start, timed.together - timed.start
    return [
        _command_row(WHOLE, timed.alone, timed.together, TWO_TO_ONE, timed.together / timed.alone, MOST_OF_ONE),
        _command_row(WITHOUT_START, alone, together, TWO_TO_ONE, together / alone),
        _command_row(WHOLE, timed.alone, timed.together, TO_SOLVER, timed.alone / timed.solver, MOST_OF_SOLVER),
        _command_row(WITHOUT_START, alone, together, TO_SOLVER, alone / timed.solver),
    ]


def _command_row(
    name: str, alone: float, together: float, compared: str, figure: float, most: float | None = None
) -> list[str]:
    target = ["", ""] if most is None else [f"≤ {most:g}", _met(figure <= most)]
    return [name, f"{alone:.2f}", f"{together:.2f}", compared, f"{figure:.2f}", *target]


def _met(is_met: bool) -> str:
    return "yes" if is_met else "NO"


def _timed_command(service: RunningService, rounds: int) -> Timed:
    timed = []
    for _ in range(rounds):
        start = _start_seconds(service)
        (alone, solver), (together, _) = (_command_seconds(service, workers) for workers in (1, 2))
        timed.append(Timed(start, alone, together, solver))
    return Timed(*map(min, zip(*timed, strict=True)))


def _start_seconds(service: RunningService) -> float:
    """Return the seconds until the command has refused dates in the wrong order: all that it does is start."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    started = time.perf_counter()
    refused = _run(service, "--from", str(day), "--to", str(day - timedelta(days=1)))
    if refused.returncode != 1:
        raise ValueError("The command did not refuse dates in the wrong order.")
    return time.perf_counter() - started


def _command_seconds(service: RunningService, workers: int) -> tuple[float, float]:
    """Return the seconds of the command on a cold cache, and of the solver in it."""
    _forget_responses(service)
    first = datetime.now(UTC).date() + timedelta(days=1)
    days = ["--from", str(first), "--to", str(first + timedelta(days=DAYS - 1))]
    started = time.perf_counter()
    done = _run(service, "--dry-run", "--json", "--workers", str(workers), *days)
    seconds = time.perf_counter() - started
    done.check_returncode()
    planned = json.loads(done.stdout)
    if len(planned) != DAYS:
        raise ValueError("The command did not plan every date.")
    return seconds, sum(day["totals"]["solve_ms"] for day in planned) / 1000


def _forget_responses(service: RunningService) -> None:
    """Empty the cache of the siblings' responses, so that no run profits by the one before it."""
    Redis.from_url(service.env["VALKEY_URL"]).flushall()


def _run(service: RunningService, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "manage.py", "optimize_schedules", *arguments]
    # As in the image, whose modules are compiled: the first run does it here.
    env = {name: value for name, value in service.env.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, env=env, cwd=CHECKOUT, check=False, capture_output=True)
