"""The conflicts of a date, alone in their table and among a million of other dates: `make bench ARGS=listing`."""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from benchmarks.endpoints import RequestBuilder
from benchmarks.load import Job, LoadGenerator, Measured
from benchmarks.report import Table, quantile
from tests.service import CHECKOUT, RunningService

FIRST_DAY = 20
SECONDS = 0.3
"""Of each of some 150 measurements: long enough for a p50."""
FEW, MILLION, MANY = 30, 1_000_000, 100_000
CONNECTIONS = 4
REGIONS = [str(UUID(int=number)) for number in range(1, 7)]
"""Every sixth conflict is of the same region."""
MOST_TIMES, LEAST_SHARE = 1.3, 0.7
IDLE = ("worker", "beat", "relay", "consumer")
PATH = "/schedule-conflicts"
FILTERS: dict[str, dict[str, Any]] = {
    "a date, 25 rows": {},
    "… the next page": {},
    "… of a region": {"region_id": REGIONS[0]},
    "… of a severity": {"severity": "HIGH"},
    "… of a type": {"type": "TRAIL_CLOSED"},
    "… of region, severity and type": {"region_id": REGIONS[0], "severity": "HIGH", "type": "TRAIL_CLOSED"},
    "… resolved": {"resolved": "true"},
}
NEXT_PAGE = "… the next page"
COLUMNS = (
    "list",
    "floor p50 ms",
    "alone",
    "among a million",
    "times",
    f"≤ {MOST_TIMES}",
    "of the floor",
    f"≥ {LEAST_SHARE:.0%}",
    "a date of 100,000",
)


@dataclass(slots=True)
class _List:
    """The p50 of a list and of the floor right before it, in ms, in each round."""

    rounds: list[tuple[float, float]] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return median(taken for taken, _ in self.rounds)

    @property
    def floors(self) -> float:
        """How many times the floor it takes."""
        return median(taken / floor for taken, floor in self.rounds)


def measure_listing(service: RunningService, *, rounds: int, seconds: float) -> Table:
    """Measure each list of a date three times: alone in the table, among a million, and on a date of 100,000."""
    elsewhere, day, crowded = (datetime.now(UTC).date() + timedelta(days=FIRST_DAY + n) for n in range(3))
    with ExitStack() as stack:
        for program in IDLE:
            stack.enter_context(service.paused(program))
        generator = stack.enter_context(LoadGenerator())
        _fill(service, day, FEW)
        alone = _stage(service, generator, day, rounds, seconds)
        _fill(service, elsewhere, 1, MILLION)
        among = _stage(service, generator, day, rounds, seconds)
        _fill(service, crowded, MANY)
        many = _stage(service, generator, crowded, 1, seconds)
    notes = (
        f"p50 of {CONNECTIONS} connections, medians of {rounds} rounds of {seconds:g} s; {FEW} conflicts on the date, "
        "each with three options. The floor is measured right before each list; `times` is how many more floors a list "
        "takes among a million than alone, and its share of the floor is the floor's p50 over its own. Every list says "
        f"how many there are in all: on a date of {MANY:,}, measured once, it counts them. The "
        "details of the others hold what the filters look at, and no options."
    )
    rows = [_row(name, alone[name], among[name], many[name]) for name in FILTERS]
    return Table("listing", "The conflicts of a date, however many there are of others", COLUMNS, rows, notes)


def _stage(
    service: RunningService, generator: LoadGenerator, day: date, rounds: int, seconds: float
) -> dict[str, _List]:
    floor, requests = _requests(service, day)
    port, lists = int(service.url.rpartition(":")[2]), {name: _List() for name in requests}

    def p50(name: str, request: bytes) -> float:
        return _p50(name, generator.measure(Job(port, (request,), CONNECTIONS, seconds)))

    for name, request in requests.items():
        p50(name, request)  # warms up
    for _ in range(rounds):
        for name, request in requests.items():
            at_the_floor = p50("the floor", floor)
            lists[name].rounds.append((p50(name, request), at_the_floor))
    return lists


def _requests(service: RunningService, day: date) -> tuple[bytes, Mapping[str, bytes]]:
    """The request of the floor, of a row that stays as it is while the workers pause, and those of the lists."""
    queries = {name: {"date": day} | chosen for name, chosen in FILTERS.items()}
    body = {"trip_id": service.known_ids()["trip_ids"][0], "preferred_dates": [day.isoformat()]}
    with service.client() as client:
        request_id = client.post("/schedule-requests", json=body).raise_for_status().json()["id"]
        first = client.get(PATH, params={"date": day.isoformat()}).raise_for_status().json()
    queries[NEXT_PAGE]["page_token"] = first["next_page_token"]
    build = RequestBuilder(service)
    return build("GET", f"/floor/{request_id}"), {name: build("GET", PATH, query) for name, query in queries.items()}


def _p50(name: str, measured: Measured) -> float:
    if set(measured.statuses) != {200}:
        raise ValueError(f"{name} answered {dict(measured.statuses)}")
    return quantile(measured.latencies_ms, 0.5)


def _row(name: str, alone: _List, among: _List, many: _List) -> list[str]:
    times, share = among.floors / alone.floors, 1 / among.floors
    return [
        name,
        f"{median(floor for _, floor in among.rounds):.1f}",
        f"{alone.p50:.1f}",
        f"{among.p50:.1f}",
        f"{times:.2f}",
        "yes" if times <= MOST_TIMES else "NO",
        f"{share:.0%}",
        "yes" if share >= LEAST_SHARE else "NO",
        f"{many.p50:.1f}",
    ]


def _fill(service: RunningService, day: date, conflicts: int, others: int = 0) -> None:
    command = [sys.executable, "-m", "benchmarks.conflict_rows", day.isoformat(), str(conflicts), str(others)]
    subprocess.run(command, env=dict(service.env), cwd=CHECKOUT, check=True)
