"""The cost of a daily schedule by its number of departures and its revision."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import count
from statistics import median
from typing import Any

import httpx

from benchmarks.report import Table
from tests.service import CHECKOUT, RunningService

SIZES = (38, 380, 3800)
AGES = (10, 1_000, 10_000)
FIRST_DAY = 20
COLUMNS = ("what", "of", "kB", "p50 ms", "times the size before", "figure", "target", "met")
# The guides of these dates are no sibling's.
OVERRIDING = {"override_warnings": True}
TEXT = "the document as PostgreSQL writes it"
IDLE = ("worker", "beat", "relay", "consumer")


def measure_growth(service: RunningService, *, rounds: int) -> Table:
    """Measure each operation on a date of each size, and a write at each age."""
    today = datetime.now(UTC).date()
    with ExitStack() as stack:
        for program in IDLE:
            stack.enter_context(service.paused(program))
        client = stack.enter_context(service.client())
        by_size = {size: today + timedelta(days=FIRST_DAY + n) for n, size in enumerate(SIZES)}
        for size, day in by_size.items():
            _run(service, "fill", day, size)
        costs = [_costs(client, day, rounds) for day in by_size.values()]
        labels = [f"{size} departures" for size in SIZES]
        rows = [
            row
            for name in costs[0]
            for row in _judged(list(_rows(name, labels, [cost[name] for cost in costs])), figures_of(name, costs))
        ]
        rows += _aging(service, client, today + timedelta(days=FIRST_DAY + len(SIZES)), rounds)
    notes = (
        f"Medians of {rounds} requests from one client over HTTP (of publishing all: one), every departure staffed "
        "with two guides, in six regions; kB is the answer's body. A write is the change of one field through "
        "`write_daily_schedules`, in a process of its own. Figures compare the largest date with the smallest: of "
        "publishing all per departure, of GET the body's bytes per second with those of the document's text, which a "
        "view of the same server sends as it reads it."
    )
    return Table("growth", "What a daily schedule costs as it grows", COLUMNS, rows, notes)


Cost = tuple[int, float]
"""Bytes of the answer, and ms."""


def _costs(client: httpx.Client, day: date, rounds: int) -> dict[str, Cost]:
    """Return the cost of each operation on a date."""
    path = f"/daily-schedules/{day}"
    shown = client.get(path).raise_for_status()
    departures, etag = iter(sorted(shown.json()["assignments"]["departures"])), shown.headers["ETag"]
    patched, seats = next(departures), count(20)

    def patch() -> httpx.Response:
        return client.patch(path, json={"assignments": {"departures": {patched: {"capacity": next(seats)}}}})

    def publish_one() -> httpx.Response:
        return client.post(f"{path}/publish", json={"departure_ids": [next(departures)], **OVERRIDING})

    return {
        TEXT: _cost(lambda: client.get(f"/floor/texts/{day}"), rounds),
        "GET": _cost(lambda: client.get(path), rounds),
        "GET, not modified": _cost(lambda: client.get(path, headers={"If-None-Match": etag}), rounds, status=304),
        "PATCH of one field": _cost(patch, rounds),
        "publish one departure": _cost(publish_one, rounds),
        "history of single changes": _cost(lambda: client.get(f"{path}/history?page_size={2 * rounds}"), rounds),
        "preview publishing all": _cost(lambda: client.get(f"{path}/publish"), rounds),
        "publish all": _cost(lambda: client.post(f"{path}/publish", json=OVERRIDING), 1),
        "history, first page": _cost(lambda: client.get(f"{path}/history"), rounds),
    }


def figures_of(name: str, costs: Sequence[Mapping[str, Cost]]) -> tuple[str, str, str]:
    """Return what is asked of an operation, as figure, target and whether it is met; nothing of most."""
    small, large = costs[0], costs[-1]
    (_, least), (size, most) = small[name], large[name]
    if name == "GET":
        text_size, text_ms = large[TEXT]
        return _at_least((size / most) / (text_size / text_ms), 0.5)
    if name == "publish all":
        return _at_most((most / SIZES[-1]) / (least / SIZES[0]), 0.3)
    if name in {"PATCH of one field", "publish one departure"}:
        return _at_most(most / least, 3)
    return _at_most(most / least, 1.5) if name == "history of single changes" else ("", "", "")


def _at_least(figure: float, target: float) -> tuple[str, str, str]:
    return f"{figure:.2f}", f"≥ {target:g}", "yes" if figure >= target else "NO"


def _at_most(figure: float, target: float) -> tuple[str, str, str]:
    return f"{figure:.2f}", f"≤ {target:g}", "yes" if figure <= target else "NO"


def _judged(rows: list[list[str]], figure: tuple[str, str, str]) -> list[list[str]]:
    """Return the rows of an operation, the last with its figure."""
    return [*rows[:-1], [*rows[-1][:-3], *figure]]


def _cost(ask: Callable[[], httpx.Response], rounds: int, *, status: int = 200) -> Cost:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = ask()
        taken.append((time.perf_counter() - started) * 1000)
        if answer.status_code != status:
            raise ValueError(f"{answer.request.method} {answer.url} answered {answer.status_code}: {answer.text[:300]}")
    return len(answer.content), median(taken)


def _aging(service: RunningService, client: httpx.Client, day: date, rounds: int) -> Iterator[list[str]]:
    _run(service, "fill", day, SIZES[0])
    writes: list[Cost] = []
    pages: list[Cost] = []
    for rev in AGES:
        writes.append((0, median(json.loads(_run(service, "age", day, rev)))))
        pages.append(_cost(lambda: client.get(f"/daily-schedules/{day}/history"), rounds))
    ages = [f"revision {rev}" for rev in AGES]
    yield from _rows(f"a write, {SIZES[0]} departures", ages, writes)
    yield from _rows(f"history, first page, {SIZES[0]} departures", ages, pages)


def _rows(name: str, of: list[str], costs: list[Cost]) -> Iterator[list[str]]:
    before: float | None = None
    for label, (size, ms) in zip(of, costs, strict=True):
        yield [
            name,
            label,
            f"{size / 1000:.0f}" if size else "",
            f"{ms:.1f}",
            "" if before is None else f"{ms / before:.1f}",
            "",
            "",
            "",
        ]
        before = ms


def _run(service: RunningService, *arguments: Any) -> str:
    command = [sys.executable, "-m", "benchmarks.growing", *map(str, arguments)]
    done = subprocess.run(command, env=dict(service.env), cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout
