"""Thirty-two writers of one daily schedule for a minute, compared with two other ways to write it."""

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from benchmarks.endpoints import RequestBuilder
from benchmarks.load import Job, LoadGenerator
from benchmarks.report import Table, quantile
from tests.service import CHECKOUT, RunningService

WRITERS = 32
SECONDS = 60.0
COLUMNS = (
    "way to write",
    "writes",
    "writes/s",
    "p50 ms",
    "p99 ms",
    "CPU ms a write",
    "retries a write",
    "lost",
    "deadlocks",
    "refused or failed",
    "of FOR UPDATE",
    "target",
    "met",
)
LEAST_OF_LOCKED = 0.95
OURS, LOCKED = "version-checked", "locked"
WAYS = {
    OURS: "`write_daily_schedules`",
    LOCKED: "`SELECT … FOR UPDATE`",
    "last-wins": "last write wins",
}
CAPACITIES = range(100, 1000)
# PostgreSQL's backends hand in their figures when they are idle, at most once a second.
UNTIL_COUNTED_SECONDS = 2.0
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
REV = "SELECT _rev FROM scheduling.daily_schedules WHERE schedule_date = %s"


@dataclass(frozen=True, slots=True)
class _Contention:
    """The result of one way to write; `problems` counts refusals and failures by name."""

    way: str
    seconds: float
    latencies_ms: tuple[float, float]
    writes: int
    lost: int
    cpu_ms: float | None = None
    retries: float | None = None
    problems: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Writes a second."""
        return self.writes / self.seconds

    def row(self, deadlocks: int, locked: float) -> list[str]:
        """Return the row of the table; `locked` is the rate of the way that locks the row before it reads."""
        p50, p99 = self.latencies_ms
        return [
            self.way,
            str(self.writes),
            f"{self.rate:.0f}",
            f"{p50:.0f}",
            f"{p99:.0f}",
            "" if self.cpu_ms is None else f"{self.cpu_ms:.1f}",
            "" if self.retries is None else f"{self.retries / max(self.writes, 1):.3f}",
            str(self.lost),
            str(deadlocks),
            ", ".join(f"{count} {name}" for name, count in sorted(self.problems.items())) or "0",
            f"{self.rate / locked:.2f}",
            *self._judged(self.rate / locked),
        ]

    def _judged(self, share: float) -> list[str]:
        if self.way != WAYS[OURS]:
            return ["", ""]
        return [f"≥ {LEAST_OF_LOCKED:g}", "yes" if share >= LEAST_OF_LOCKED else "NO"]


def measure_contention(service: RunningService, *, seconds: float) -> Table:
    """Measure each way for `seconds`, in turn, on the same planned date of the seeded world."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    service.optimize(day)
    measured = []
    with service.paused("worker"), service.paused("beat"):
        for way, name in WAYS.items():
            before = _figure(service, DEADLOCKS)
            contention = _contend(service, way, name, day, seconds)
            measured.append((contention, _deadlocks_since(service, before)))
        before = _figure(service, DEADLOCKS)
        over_http = _over_http(service, day, seconds)
        measured.append((over_http, _deadlocks_since(service, before)))
    locked = next(contention.rate for contention, _ in measured if contention.way == WAYS[LOCKED])
    rows = [contention.row(deadlocks, locked) for contention, deadlocks in measured]
    notes = (
        f"{WRITERS} writers of one date, {seconds:g} s each way, every writer on a departure of its own, which ours "
        f"names. The first three are {WRITERS} processes that count their writes in the document: lost is what they "
        "did and it does not show. `FOR UPDATE` locks the row before it reads; last write wins reads, edits and "
        "updates without a look: both store the whole document, with the same history by trigger and the same "
        "detection as ours, but neither looks at guides' other commitments. CPU is that of the writers and their "
        "backends. Over HTTP: PATCH without `_rev` from as many connections to 2 workers of 4 threads; lost are "
        "answers of 200 without a revision."
    )
    return Table("contention", "Thirty-two writers of one daily schedule", COLUMNS, rows, notes)


def _contend(service: RunningService, way: str, name: str, day: date, seconds: float) -> _Contention:
    command = [sys.executable, "-m", "benchmarks.contenders", way, day.isoformat(), str(WRITERS), str(seconds)]
    done = subprocess.run(command, env=dict(service.env), cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    summary: dict[str, Any] = json.loads(done.stdout)
    latencies = (summary["p50_ms"], summary["p99_ms"])
    return _Contention(
        name,
        seconds,
        latencies,
        summary["writes"],
        summary["lost"],
        summary["cpu_ms"],
        summary["retries"],
        summary["errors"],
    )


def _over_http(service: RunningService, day: date, seconds: float) -> _Contention:
    """Measure requests that each change a departure's capacity, so that each has to make a revision."""
    with service.client() as client:
        departures = sorted(_departures(client.get(f"/daily-schedules/{day}").raise_for_status().json()))[:WRITERS]
    build = RequestBuilder(service)
    requests = tuple(
        build("PATCH", f"/daily-schedules/{day}", body={"assignments": {"departures": {key: {"capacity": capacity}}}})
        for capacity in CAPACITIES
        for key in departures
    )
    before = _figure(service, REV, day)
    with LoadGenerator() as generator:
        port = int(service.url.rpartition(":")[2])
        measured = generator.measure(Job(port, requests, WRITERS, seconds))
    statuses: Counter[int] = measured.statuses
    written = statuses.pop(200, 0)
    latencies = quantile(measured.latencies_ms, 0.50), quantile(measured.latencies_ms, 0.99)
    lost = written - (_figure(service, REV, day) - before)
    problems = {str(status): count for status, count in statuses.items()}
    return _Contention("PATCH over HTTP", measured.seconds, latencies, written, lost, problems=problems)


def _departures(shown: dict[str, Any]) -> dict[str, Any]:
    departures: dict[str, Any] = shown["assignments"]["departures"]
    return departures


def _deadlocks_since(service: RunningService, before: int) -> int:
    time.sleep(UNTIL_COUNTED_SECONDS)
    return _figure(service, DEADLOCKS) - before


def _figure(service: RunningService, query: str, *values: object) -> int:
    with psycopg.connect(service.env["DATABASE_URL"]) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    assert row
    return int(row[0])
