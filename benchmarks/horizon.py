"""Planning fourteen days of six regions in three clusters by one process and by two: `make bench ARGS=horizon`."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.report import Table
from benchmarks.solvers.instances import clusters_of_day
from benchmarks.solvers.pool import measure_chains, measure_pool
from optimization.solver.problem import DayProblem
from tests.service import CHECKOUT, RunningService

DAYS = 14
TARGET = 1.7
COLUMNS = ("what is planned", "1 process s", "2 processes s", "speed-up", "clusters allow", "target", "met")
EVEN = "the solver, three clusters of two regions"
UNEVEN = "the solver, clusters of three, two and one regions"
WHOLE = "optimize_schedules --dry-run, siblings and database beside it"

Chains = Sequence[Sequence[DayProblem]]


def measure_horizon(service: RunningService, *, rounds: int) -> Table:
    """Measure the solver alone on days of 10x, and the operator's command on the sandbox's company."""
    rows = [_solver_row(EVEN, _chains((2, 2, 2)), rounds), _solver_row(UNEVEN, _chains((3, 2, 1)), rounds)]
    rows.append(_command_row(service, rounds))
    notes = (
        f"{DAYS} dates; the best of {rounds} rounds, one and two processes taken in turns. A process takes the next "
        "date of any cluster whose date before is done, so that the longest cluster bounds the speed-up: `clusters "
        "allow` is all the work over the larger of half of it and the longest cluster's (by CPU time in one process). "
        "What is lost beyond that: problems and plans are sent between processes, the cores share caches and memory "
        f"bandwidth, and at the end one process waits. This machine has {os.cpu_count()} cores; the command shares "
        "them with the siblings it asks, PostgreSQL and Valkey, which work for both processes."
    )
    return Table("horizon", f"{DAYS} days of six regions on one process and on two", COLUMNS, rows, notes)


def _chains(regions: Sequence[int]) -> list[list[DayProblem]]:
    """Return a chain of dates for each cluster, by its number of regions of six."""
    return [[clusters_of_day(f"{count} of 6 regions", seed)[0] for seed in range(1, DAYS + 1)] for count in regions]


def _solver_row(name: str, chains: Chains, rounds: int) -> list[str]:
    longest = [sum(chain) for chain in measure_chains(chains)]
    allowed = sum(longest) / max(sum(longest) / 2, *longest)
    times = [(measure_pool(chains, 1), measure_pool(chains, 2)) for _ in range(rounds)]
    return _row(name, [seconds for seconds, _ in times], [seconds for _, seconds in times], f"{allowed:.2f}")


def _command_row(service: RunningService, rounds: int) -> list[str]:
    times = [(_command_seconds(service, 1), _command_seconds(service, 2)) for _ in range(rounds)]
    return _row(WHOLE, [seconds for seconds, _ in times], [seconds for _, seconds in times], "")


def _row(name: str, by_one: Sequence[float], by_two: Sequence[float], allowed: str) -> list[str]:
    speed_up = min(by_one) / min(by_two)
    target = min(TARGET, 0.85 * float(allowed)) if allowed else None
    return [
        name,
        f"{min(by_one):.2f}",
        f"{min(by_two):.2f}",
        f"{speed_up:.2f}",
        allowed,
        f"≥ {target:.2f}" if target else "",
        "" if target is None else "yes" if speed_up >= target else "NO",
    ]


def _command_seconds(service: RunningService, workers: int) -> float:
    first = datetime.now(UTC).date() + timedelta(days=1)
    days = ["--from", str(first), "--to", str(first + timedelta(days=DAYS - 1))]
    command = [sys.executable, "manage.py", "optimize_schedules", "--dry-run", "--json", "--workers", str(workers)]
    started = time.perf_counter()
    done = subprocess.run([*command, *days], env=dict(service.env), cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    seconds = time.perf_counter() - started
    if len(json.loads(done.stdout)) != DAYS:
        raise ValueError("The command did not plan every date.")
    return seconds
