"""Throughput of each operation of the API against the floor of the same server, in interleaved rounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median

from benchmarks.boards import board_series
from benchmarks.endpoints import Endpoint, prepare
from benchmarks.load import Job, LoadGenerator, Measured
from benchmarks.report import Table, quantile
from tests.service import RunningService

# Connections, and how many requests each measurement has where none can be sent twice.
ONCE = {4: 12, 16: 32}
WARM_UP_SECONDS = 0.5
COLUMNS = (
    "operation",
    "connections",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "of the floor",
    "floors it costs",
    "beside",
    "ratio",
    "target",
    "met",
)


class WrongAnswer(Exception):
    """An operation answered with an unexpected status; its speed has no meaning."""


@dataclass(slots=True)
class _Series:
    """The rounds of one operation, each with the floor of the same round, in requests per second."""

    endpoint: Endpoint
    connections: int
    requests: Iterator[bytes]
    rounds: list[tuple[Measured, float]] = field(default_factory=list)

    def measure(self, generator: LoadGenerator, port: int, seconds: float) -> Measured:
        once = self.endpoint.once
        requests = tuple(islice(self.requests, ONCE[self.connections])) if once else self.endpoint.requests
        measured = generator.measure(Job(port, requests, self.connections, seconds, once=once))
        if set(measured.statuses) != {self.endpoint.status}:
            raise WrongAnswer(f"{self.endpoint.name} answered {dict(measured.statuses)}")
        return measured

    def row(self, group: Sequence["_Series"]) -> list[str]:
        """Return the row; `group` has the operations of the same rounds, the floor first."""
        measured = [measurement for measurement, _ in self.rounds]
        share = median(measurement.per_second / floor for measurement, floor in self.rounds)
        return [
            self.endpoint.name,
            str(self.connections),
            f"{median(round_.per_second for round_ in measured):.0f}",
            f"{median(quantile(round_.latencies_ms, 0.50) for round_ in measured):.1f}",
            f"{median(quantile(round_.latencies_ms, 0.99) for round_ in measured):.1f}",
            f"{share:.1%}",
            f"{1 / share:.1f}",
            *self._compared(group),
        ]

    def _compared(self, group: Sequence["_Series"]) -> list[str]:
        target = self.endpoint.target
        if target is None:
            return ["", "", "", ""]
        beside = next((series for series in group if series.endpoint.name == target.beside), group[0])
        pairs = zip(self.rounds, beside.rounds, strict=True)
        ratio = median(target.ratio(own.per_second, other.per_second) for (own, _), (other, _) in pairs)
        name = target.beside or "the floor"
        return [name, f"{ratio:.2f}", str(target), "yes" if target.is_met(ratio) else "NO"]


def measure_serving(service: RunningService, *, rounds: int, seconds: float) -> Table:
    """Measure requests per second and latencies at each number of connections, with the workers paused."""
    floor, endpoints = prepare(service)
    boards = board_series(service)
    groups = [_series([floor, *endpoints], connections, rounds) for connections in ONCE]
    port = int(service.url.rpartition(":")[2])
    with service.paused("worker"), service.paused("beat"), LoadGenerator() as generator:
        for endpoint in (repeatable for repeatable in (floor, *endpoints) if not repeatable.once):
            generator.measure(Job(port, endpoint.requests, max(ONCE), WARM_UP_SECONDS))
        for _ in range(rounds):
            for group in groups:
                _one_round(group, generator, port, seconds)
        for board in boards:
            board.warm_up(generator, port)
        alone = []
        for _ in range(rounds):
            alone += generator.measure(Job(port, floor.requests, 1, seconds)).latencies_ms
            for board in boards:
                board.one_round(generator, port, seconds)
    rows = [series.row(group) for group in groups for series in group]
    rows += [row for board in boards for row in board.rows(quantile(alone, 0.50))]
    notes = (
        f"Medians of {rounds} rounds of {seconds:g} s an operation, the floor first in each round; an operation's "
        "share is of the floor in its own round. What can be done only once is measured over few requests: "
        f"{' and '.join(map(str, ONCE.values()))} a round; its p99 is its slowest. A conflict is resolved by accepting "
        "its risk, after a PATCH of its departure in the same round. A board's page is compared with all that it shows "
        "as JSON, read by the same functions in the same round and compressed like it, and for one connection with the "
        "floor's p50. Web: 2 workers of 4 threads."
    )
    return Table("serving", "Operations of the API against the floor of their server", COLUMNS, rows, notes)


def _series(endpoints: list[Endpoint], connections: int, rounds: int) -> list[_Series]:
    """Return a series per endpoint; those without repetition share their requests among the numbers of connections."""
    before = sum(count for smaller, count in ONCE.items() if smaller < connections) * rounds
    return [_Series(endpoint, connections, iter(endpoint.requests[before:])) for endpoint in endpoints]


def _one_round(group: list[_Series], generator: LoadGenerator, port: int, seconds: float) -> None:
    floor = group[0].measure(generator, port, seconds)
    group[0].rounds.append((floor, floor.per_second))
    for series in group[1:]:
        series.rounds.append((series.measure(generator, port, seconds), floor.per_second))
