"""A storm over a region of 40, 400 and 4,000 departures: what finding it, ending it and its options take each."""

import json
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from benchmarks.report import Table
from tests.service import CHECKOUT, RunningService

SIZES = (40, 400, 4000)
FLAT_WITHIN = 1.3
FIRST_DAY = 3
CAMPS_HOLD = 100_000
IDLE = ("worker", "beat", "relay", "consumer")
MEASURED = {
    "found": "the storm comes up: judge the date, store a conflict each",
    "again": "the storm is still there: judge the date again",
    "over": "the storm is over: judge the date, end the conflicts",
    "options": "options of the conflicts of one message, each",
}
COLUMNS = ("what", "departures", "conflicts", "ms each", "times the size before", f"within {FLAT_WITHIN}")


def measure_storm(service: RunningService, *, rounds: int) -> Table:
    """Measure each size on a date of its own; the best of some rounds of the work that can be repeated."""
    today = datetime.now(UTC).date()
    _build_large_camps(service)
    with ExitStack() as stack:
        for program in IDLE:
            stack.enter_context(service.paused(program))
        days = [today + timedelta(days=FIRST_DAY + n) for n in range(len(SIZES))]
        taken = [_storm(service, day, size, rounds) for day, size in zip(days, SIZES, strict=True)]
    rows = [row for what in MEASURED for row in _rows(what, taken)]
    notes = (
        "All departures of one region, on one trail and at one large base camp, each led by a guide of its own; facts "
        f"are read before. The best of {rounds} rounds, in a process of its own beside PostgreSQL. Options are those "
        "of one message of the queue (`SEARCHED_TOGETHER` in `conflicts/monitoring/services.py`), or as many of them "
        "as it has time for; what they have in common is read once."
    )
    return Table("storm", "A storm over a region", COLUMNS, rows, notes)


def _build_large_camps(service: RunningService) -> None:
    """Let the base camps hold everybody: the storm is to be all that is wrong."""
    for location_id in service.known_ids()["location_ids"]:
        capacity = {"max_capacity": CAMPS_HOLD}
        httpx.patch(f"{service.siblings_url}/_world/capacities/{location_id}", json=capacity).raise_for_status()


def _storm(service: RunningService, day: date, departures: int, rounds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.storming", day.isoformat(), str(departures), str(rounds)]
    done = subprocess.run(command, env=dict(service.env), cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    if measured["found"]["conflicts"] < departures:
        raise ValueError(f"Of {departures} departures under the storm {measured['found']['conflicts']} were found.")
    return measured


def _rows(what: str, taken: list[dict[str, Any]]) -> list[list[str]]:
    rows, before = [], None
    for size, measured in zip(SIZES, taken, strict=True):
        cost = measured[what]["ms"] / measured[what]["judged"]
        growth = cost / before if before else None
        flat = "" if growth is None else "yes" if growth <= FLAT_WITHIN else "NO"
        shown = "" if growth is None else f"{growth:.2f}"
        rows.append([MEASURED[what], str(size), str(measured[what]["conflicts"]), f"{cost:.2f}", shown, flat])
        before = cost
    return rows
