"""Writes per second of one daily schedule by one to sixteen concurrent processes."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from benchmarks.report import Table
from tests.service import CHECKOUT, RunningService

WRITERS = (1, 2, 4, 8, 16)
COLUMNS = ("writers", "writes/s", "of one writer", "p50 ms", "p99 ms", "retries a write", "given up")


def measure_writes(service: RunningService, *, rounds: int, seconds: float) -> Table:
    """Measure writers that each move the end of a departure of their own, on a planned date of the seeded world."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    service.optimize(day)
    by_writers: dict[int, list[dict[str, Any]]] = {writers: [] for writers in WRITERS}
    with service.paused("worker"), service.paused("beat"):
        for _ in range(rounds):
            for writers in WRITERS:
                by_writers[writers].append(_run(service, day, writers, seconds))
    alone = median(measured["per_second"] for measured in by_writers[1])
    rows = [_row(writers, measurements, alone) for writers, measurements in by_writers.items()]
    notes = (
        f"Medians of {rounds} rounds of {seconds:g} s. Every write goes through `write_daily_schedules` in a process "
        "of its own: read, edit, lock, check the revision, store, history by trigger, detection, commit to disk. "
        "Writers of one date take turns at its row, so more of them share one rate; none of their changes is lost."
    )
    return Table("writes", "Writers of one daily schedule", COLUMNS, rows, notes)


def _run(service: RunningService, day: date, writers: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.writers", day.isoformat(), str(writers), str(seconds)]
    done = subprocess.run(command, env=dict(service.env), cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _row(writers: int, rounds: list[dict[str, Any]], alone: float) -> list[str]:
    rate, p50, p99 = (median(measured[name] for measured in rounds) for name in ("per_second", "p50_ms", "p99_ms"))
    retries = sum(measured["retries"] for measured in rounds) / max(sum(measured["writes"] for measured in rounds), 1)
    given_up = sum(measured["given_up"] for measured in rounds)
    return [
        str(writers),
        f"{rate:.0f}",
        f"{rate / alone:.2f}",
        f"{p50:.1f}",
        f"{p99:.1f}",
        f"{retries:.3f}",
        str(given_up),
    ]
