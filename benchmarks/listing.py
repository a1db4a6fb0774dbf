"""The conflicts of a date, alone in their table and among a million of other dates: `make bench ARGS=listing`."""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from benchmarks.endpoints import RequestBuilder
from benchmarks.load import Job, LoadGenerator, Measured
from benchmarks.report import Table, quantile
from tests.service import CHECKOUT, RunningService

FIRST_DAY = 20
FEW, MILLION, MANY = 30, 1_000_000, 100_000
CONNECTIONS = 4
REGION = "11111111-1111-4111-8111-111111111111"
"""The region of every sixth conflict that `benchmarks.conflict_rows` stores."""
MOST_TIMES, LEAST_SHARE = 1.3, 0.7
IDLE = ("worker", "beat", "relay", "consumer")
PATH, FLOOR = "/schedule-conflicts", "floor: one SELECT by key"
FILTERS: dict[str, dict[str, Any]] = {
    "a date, 25 rows": {},
    "… the next page": {},
    "… of a region": {"region_id": REGION},
    "… of a severity": {"severity": "HIGH"},
    "… of a type": {"type": "TRAIL_CLOSED"},
    "… of region, severity and type": {"region_id": REGION, "severity": "HIGH", "type": "TRAIL_CLOSED"},
    "… resolved": {"resolved": "true"},
}
NEXT_PAGE = "… the next page"
COLUMNS = (
    "list",
    "alone p50 ms",
    "among a million",
    "times",
    f"≤ {MOST_TIMES}",
    "of the floor",
    f"≥ {LEAST_SHARE:.0%}",
    "a date of 100,000",
)


@dataclass(slots=True)
class _Stage:
    """The p50 of each list in each round, and of the floor in the same round, in ms."""

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def p50(self, name: str) -> float:
        return median(self.rounds[name])

    def floors(self, name: str) -> float:
        """How many times the floor of its round a list takes."""
        return median(taken / floor for floor, taken in zip(self.rounds[FLOOR], self.rounds[name], strict=True))


def measure_listing(service: RunningService, *, rounds: int, seconds: float) -> Table:
    """Measure each list of a date three times: alone in the table, among a million, and on a date of 100,000."""
    day, elsewhere, crowded = (datetime.now(UTC).date() + timedelta(days=FIRST_DAY + n) for n in range(3))
    with ExitStack() as stack:
        for program in IDLE:
            stack.enter_context(service.paused(program))
        generator = stack.enter_context(LoadGenerator())

        def stage(of: date) -> _Stage:
            return _stage(service, generator, of, rounds, seconds)

        _fill(service, day, FEW)
        alone = stage(day)
        _fill(service, elsewhere, 1, MILLION)
        among = stage(day)
        _fill(service, crowded, MANY)
        many = stage(crowded)
    notes = (
        f"p50 of {CONNECTIONS} connections, medians of {rounds} rounds of {seconds:g} s; {FEW} conflicts on the date, "
        "each with three options. The floor is measured first in each round; `times` is how many more floors a list "
        "takes among a million than alone, and its share of the floor is the floor's p50 over its own. Every list says "
        f"how many there are in all: on a date of {MANY:,} it counts them."
    )
    rows = [_row(name, alone, among, many) for name in (FLOOR, *FILTERS)]
    return Table("listing", "The conflicts of a date, however many there are of others", COLUMNS, rows, notes)


def _stage(service: RunningService, generator: LoadGenerator, day: date, rounds: int, seconds: float) -> _Stage:
    requests = _requests(service, day)
    port, stage = int(service.url.rpartition(":")[2]), _Stage({name: [] for name in requests})
    for round_ in range(rounds + 1):
        for name, request in requests.items():
            measured = generator.measure(Job(port, (request,), CONNECTIONS, seconds))
            if round_:  # the first warms up
                stage.rounds[name].append(_p50(name, measured))
    return stage


def _requests(service: RunningService, day: date) -> Mapping[str, bytes]:
    """The request of the floor, of a row that stays as it is while the workers pause, and those of the lists."""
    queries = {name: {"date": day} | chosen for name, chosen in FILTERS.items()}
    body = {"trip_id": service.known_ids()["trip_ids"][0], "preferred_dates": [day.isoformat()]}
    with service.client() as client:
        request_id = client.post("/schedule-requests", json=body).raise_for_status().json()["id"]
        first = client.get(PATH, params={"date": day.isoformat()}).raise_for_status().json()
    queries[NEXT_PAGE]["page_token"] = first["next_page_token"]
    build = RequestBuilder(service)
    floor = {FLOOR: build("GET", f"/floor/{request_id}")}
    return floor | {name: build("GET", PATH, query) for name, query in queries.items()}


def _p50(name: str, measured: Measured) -> float:
    if set(measured.statuses) != {200}:
        raise ValueError(f"{name} answered {dict(measured.statuses)}")
    return quantile(measured.latencies_ms, 0.5)


def _row(name: str, alone: _Stage, among: _Stage, many: _Stage) -> list[str]:
    times, share = among.floors(name) / alone.floors(name), 1 / among.floors(name)
    return [
        name,
        f"{alone.p50(name):.1f}",
        f"{among.p50(name):.1f}",
        f"{times:.2f}",
        "yes" if times <= MOST_TIMES else "NO",
        f"{share:.0%}",
        "yes" if share >= LEAST_SHARE else "NO",
        f"{many.p50(name):.1f}",
    ]


def _fill(service: RunningService, day: date, conflicts: int, others: int = 0) -> None:
    command = [sys.executable, "-m", "benchmarks.conflict_rows", day.isoformat(), str(conflicts), str(others)]
    subprocess.run(command, env=dict(service.env), cwd=CHECKOUT, check=True)
