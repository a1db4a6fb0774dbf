"""The board of a busy date in the console, beside what it shows as JSON."""

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median

from benchmarks.load import Job, LoadGenerator
from benchmarks.report import quantile
from tests.service import CHECKOUT, RunningService

FIRST_DAY = 11
SIZES = (38, 380)
VIEWS = ("timeline", "table")
MOST_TIMES = 2.0
"""How many times as long as its data as JSON a page may take."""
WARM_UP_CONNECTIONS, WARM_UP_SECONDS = 8, 1.5
CONNECTIONS = 1
"""A page is opened by one person: nothing waits for anything else."""


@dataclass(slots=True)
class _Opened:
    """A request, and in each round its latencies in ms and answers a second."""

    name: str
    request: bytes
    latencies: list[list[float]] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return median(quantile(taken, 0.50) for taken in self.latencies)

    def warm_up(self, generator: LoadGenerator, port: int) -> None:
        """Have every worker read its templates, and the siblings' answers be stored."""
        generator.measure(Job(port, (self.request,), WARM_UP_CONNECTIONS, WARM_UP_SECONDS))

    def measure(self, generator: LoadGenerator, port: int, seconds: float) -> None:
        measured = generator.measure(Job(port, (self.request,), CONNECTIONS, seconds))
        if set(measured.statuses) != {200}:
            raise ValueError(f"{self.name} answered {dict(measured.statuses)}")
        self.latencies.append(measured.latencies_ms)
        self.per_second.append(measured.per_second)


@dataclass(frozen=True, slots=True)
class BoardSeries:
    """A size of a date: its data as JSON, and the views of it."""

    data: _Opened
    views: tuple[_Opened, ...]

    def warm_up(self, generator: LoadGenerator, port: int) -> None:
        for opened in (self.data, *self.views):
            opened.warm_up(generator, port)

    def one_round(self, generator: LoadGenerator, port: int, seconds: float) -> None:
        for opened in (self.data, *self.views):
            opened.measure(generator, port, seconds)

    def rows(self, floor_p50: float) -> list[list[str]]:
        """Return a row for each; each view beside the data in the same round."""
        return [self._row(opened, floor_p50) for opened in (self.data, *self.views)]

    def _row(self, opened: _Opened, floor_p50: float) -> list[str]:
        pairs = zip(opened.latencies, self.data.latencies, strict=True)
        times = median(quantile(page, 0.50) / quantile(data, 0.50) for page, data in pairs)
        compared = ["its data as JSON", f"{times:.2f}", f"≤ {MOST_TIMES:g}", "yes" if times <= MOST_TIMES else "NO"]
        return [
            opened.name,
            str(CONNECTIONS),
            f"{median(opened.per_second):.0f}",
            f"{opened.p50:.1f}",
            f"{median(quantile(taken, 0.99) for taken in opened.latencies):.1f}",
            f"{floor_p50 / opened.p50:.1%}",
            f"{opened.p50 / floor_p50:.1f}",
            *([""] * len(compared) if opened is self.data else compared),
        ]


def board_series(service: RunningService) -> list[BoardSeries]:
    """Store a date of each size, and return what is measured of it."""
    first = datetime.now(UTC).date() + timedelta(days=FIRST_DAY)
    days = {size: first + timedelta(days=number) for number, size in enumerate(SIZES)}
    session = _fill(service, days)
    return [_series(service, day, size, session) for size, day in days.items()]


def _fill(service: RunningService, days: dict[int, date]) -> str:
    """Store the dates, and return the key of a session."""
    dates = [f"{day}:{size}" for size, day in days.items()]
    filled = subprocess.run(
        [sys.executable, "-m", "benchmarks.board_days", *dates],
        env=dict(service.env),
        cwd=CHECKOUT,
        input="\n".join(service.known_ids()["region_ids"]),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return filled.stdout.split()[-1]


def _series(service: RunningService, day: date, size: int, session: str) -> BoardSeries:
    def opened(name: str, target: str) -> _Opened:
        return _Opened(name, _request(service, target, session))

    pages = tuple(opened(f"board of {size}, {view}", f"/admin/board/?date={day}&view={view}") for view in VIEWS)
    return BoardSeries(opened(f"board of {size} as JSON", f"/admin/board.json?date={day}"), pages)


def _request(service: RunningService, target: str, session: str) -> bytes:
    """As a browser asks."""
    head = [
        f"GET {target} HTTP/1.1",
        f"Host: {service.url.removeprefix('http://')}",
        f"Cookie: sessionid={session}",
        "Accept-Encoding: gzip",
    ]
    return "\r\n".join([*head, "", ""]).encode()
