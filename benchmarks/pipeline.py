"""Planning a date of all regions at several sizes of the company, part by part: `make bench ARGS=pipeline`."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

from benchmarks.planned_date import PARTS
from benchmarks.report import Table
from novatrek_scheduling.sandbox import programs
from novatrek_scheduling.sandbox.embedded import DURABLE, free_port, postgres, valkey
from novatrek_scheduling.sandbox.environment import sandbox_environment
from novatrek_scheduling.sandbox.servers import Servers
from novatrek_scheduling.sandbox.supervisor import Supervisor
from novatrek_scheduling.sandbox.terminal import Terminal
from tests.service import CHECKOUT

SIZES = (1, 10, 50)
ROUNDS = {1: 5, 10: 3, 50: 1}
"""At most so many dates of a size."""
MOST_OVER_THE_SOLVER = {1: 4.0, 10: 2.0, 50: 1.5}
MOST_GROWTH = 1.15
READY_WITHIN_SECONDS = 300.0
COLUMNS = ("what", *(f"{size}x" for size in SIZES), "growth", "target", "met")
OTHERS = ("rest", "database")


@dataclass(frozen=True, slots=True)
class Cost:
    """What planning a date cost: CPU seconds of each part of ours and of the siblings, and the peak of memory in MB."""

    parts: Mapping[str, float]
    siblings: float
    wall: float
    memory_mb: float
    departures: int

    @property
    def ours(self) -> float:
        return sum(self.parts.values())

    @property
    def over_the_solver(self) -> float:
        return self.ours / self.parts["solve"]


def measure_pipeline(*, rounds: int, sizes: tuple[int, ...] = SIZES) -> Table:
    """Measure the operator's command, on a database and siblings of its own for each size."""
    costs = {size: _cost(size, min(rounds, ROUNDS[size])) for size in sizes}
    parts = [*PARTS, *OTHERS]
    rows = [_row(f"{part}, CPU s", costs, lambda cost, part=part: cost.parts.get(part, 0.0)) for part in parts]
    rows.append(_judged(_row("siblings excluded, CPU s", costs, lambda cost: cost.ours), costs))
    for size, most in MOST_OVER_THE_SOLVER.items():
        rows.append(_ratio(size, most, costs))
    rows.append(_row("siblings' own, CPU s", costs, lambda cost: cost.siblings))
    rows.append(_row("wall, s", costs, lambda cost: cost.wall))
    rows.append(_row("memory of the process, MB", costs, lambda cost: cost.memory_mb))
    rows.append(_row("departures", costs, lambda cost: cost.departures))
    rounds_of = ", ".join(f"{ROUNDS[size]} dates at {size}x" for size in SIZES)
    notes = (
        "`optimize_schedules --date` for all regions in one process, nothing cached, on a date that has no daily "
        f"schedule yet; the median of up to {rounds_of}. Times are CPU seconds of the process, all threads together, "
        "and of PostgreSQL (`database`), so that what the siblings need is not in them; theirs is read from their "
        "process. `snapshot` is our side of the calls, `documents` what is stored and sold, `candidates` includes "
        "trails and teams, `model` is what the solver is handed, `solve` all of the solver's package, `conflicts` "
        "detection in the transaction. `growth` is the exponent from the smallest size to the largest: 1 is in "
        "proportion."
    )
    return Table("pipeline", "Planning a date of a company of 1, 10 and 50 times the size", COLUMNS, rows, notes)


def _cost(size: int, rounds: int) -> Cost:
    print(f"pipeline: {size}x", flush=True)
    # Tomorrow has begun already in regions far east of here, and what has started is not planned.
    first = datetime.now(UTC).date() + timedelta(days=2)
    days = [str(first + timedelta(days=offset)) for offset in range(rounds)]
    with _servers(size) as (env, siblings):
        command = [sys.executable, "-m", "benchmarks.planned_date", "--siblings", str(siblings), *days]
        done = subprocess.run(command, env=env, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    measured = sorted(json.loads(done.stdout), key=lambda date: sum(date["parts"].values()) + date["database"])
    middle: dict[str, Any] = measured[len(measured) // 2]
    return Cost(
        parts={**middle["parts"], "database": middle["database"]},
        siblings=median(date["siblings"] for date in measured),
        wall=middle["wall"],
        memory_mb=max(date["memory_mb"] for date in measured),
        departures=middle["departures"],
    )


@contextmanager
def _servers(size: int) -> Iterator[tuple[dict[str, str], int]]:
    """Yield the environment of a process that plans, and the process id of the siblings it asks."""
    with TemporaryDirectory(prefix="novatrek-pipeline-") as name, ExitStack() as stack:
        home, port = Path(name), free_port()
        home.chmod(0o755)  # PostgreSQL may run under another account than we do
        sink = stack.enter_context((home / "all.log").open("w"))
        database = postgres(home / "postgres", database="novatrek", log=home / "postgres.log", durability=DURABLE)
        variables = {
            "DATABASE_URL": stack.enter_context(database),
            "VALKEY_URL": stack.enter_context(valkey(home / "valkey", log=home / "valkey.log")),
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        }
        secrets = {
            name: f"{name.lower()} of a service that lives as long as one program"
            for name in ("SECRET_KEY", "JWT_SECRET", "SIBLING_TOKEN", "DISPATCHER_PASSWORD")
        }
        url = f"http://127.0.0.1:{port}"
        env = sandbox_environment(home, secrets, port=0, servers=variables, siblings_url=url, scale=4 * size)
        env |= {"DEBUG": "false", "LOG_LEVEL": "ERROR"}
        supervisor = Supervisor(home, Terminal(sink))
        stack.callback(supervisor.stop)
        supervisor.start(programs.siblings(port, home / "siblings.jsonl", scale=size), env)
        Servers(variables, is_own_database=False).prepare_database(env, CHECKOUT)
        supervisor.await_ready(Event(), within_seconds=READY_WITHIN_SECONDS)
        yield env, supervisor.process_id("siblings")


def _row(what: str, costs: Mapping[int, Cost], value: Callable[[Cost], float]) -> list[str]:
    values = {size: value(cost) for size, cost in costs.items()}
    shown = [_text(values[size]) if size in values else "" for size in SIZES]
    return [what, *shown, _growth(values), "", ""]


def _judged(row: list[str], costs: Mapping[int, Cost]) -> list[str]:
    exponent = row[len(SIZES) + 1]
    is_met = bool(exponent) and float(exponent) <= MOST_GROWTH
    return [*row[:-2], f"growth ≤ {MOST_GROWTH}", "yes" if is_met else "NO"]


def _ratio(size: int, most: float, costs: Mapping[int, Cost]) -> list[str]:
    shown = [f"{costs[size].over_the_solver:.1f}" if size == other and size in costs else "" for other in SIZES]
    is_met = size in costs and costs[size].over_the_solver <= most
    return [f"the same / solve, {size}x", *shown, "", f"≤ {most:g}", "yes" if is_met else "NO"]


def _growth(values: Mapping[int, float]) -> str:
    """Return the exponent of growth from the smallest size to the largest; none for what takes no time."""
    least, most = min(values), max(values)
    if least == most or min(values[least], values[most]) <= 0:
        return ""
    return f"{log(values[most] / values[least]) / log(most / least):.2f}"


def _text(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"
