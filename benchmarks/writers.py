"""`python -m benchmarks.writers <date> <writers> <seconds>`: writes one daily schedule; prints JSON."""

import json
import sys
import time
from collections.abc import Mapping
from datetime import date, timedelta
from multiprocessing import get_context
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402 (models come after django.setup)

from benchmarks.report import quantile  # noqa: E402
from scheduling.daily_schedules.authors import Author, AuthorKind  # noqa: E402
from scheduling.daily_schedules.drafts import Draft, read_drafts  # noqa: E402
from scheduling.daily_schedules.writer import write_daily_schedules  # noqa: E402
from scheduling.errors import ContentionNotResolved  # noqa: E402
from scheduling.metrics import schedule_write_retries  # noqa: E402

AHEAD_SECONDS = 0.5
AUTHOR = Author(AuthorKind.EVENT, "benchmark", "measuring", "benchmark")


def main() -> None:
    """Start the writers at one moment and print the sums of their writes."""
    day, writers, seconds = date.fromisoformat(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    expected = read_drafts([day])[day].rev
    connections.close_all()
    begin = time.time() + AHEAD_SECONDS
    with get_context("fork").Pool(writers) as pool:
        arguments = [(day, number, begin, seconds) for number in range(writers)]
        counts_of_writers = pool.starmap(write_for_a_while, arguments, chunksize=1)
    latencies = [latency for counts in counts_of_writers for latency in counts["latencies_ms"]]
    assert read_drafts([day])[day].rev == expected + len(latencies), "a write is missing"
    summary = {
        "writes": len(latencies),
        "per_second": len(latencies) / seconds,
        "p50_ms": quantile(latencies, 0.50),
        "p99_ms": quantile(latencies, 0.99),
        "retries": sum(counts["retries"] for counts in counts_of_writers),
        "given_up": sum(counts["given_up"] for counts in counts_of_writers),
    }
    print(json.dumps(summary))


def write_for_a_while(day: date, number: int, begin: float, seconds: float) -> dict[str, Any]:
    """Write for `seconds` and return the latencies in ms, the retries and the writes given up."""
    departure_id = sorted(read_drafts([day])[day].document.departures)[number]

    def edit(drafts: Mapping[date, Draft]) -> None:
        departure = drafts[day].document.departures[departure_id]
        departure.ends_at += timedelta(minutes=1 if turn % 2 else -1)

    retried_before = _retries()
    time.sleep(max(0.0, begin - time.time()))
    latencies, given_up, turn = [], 0, 0
    while time.time() < begin + seconds:
        turn += 1
        started = time.perf_counter()
        try:
            write_daily_schedules([day], edit, author=AUTHOR)
        except ContentionNotResolved:
            given_up += 1
        else:
            latencies.append((time.perf_counter() - started) * 1000)
    return {"latencies_ms": latencies, "given_up": given_up, "retries": _retries() - retried_before}


def _retries() -> float:
    samples = next(iter(schedule_write_retries.collect())).samples
    return next(sample.value for sample in samples if sample.name.endswith("_total"))


if __name__ == "__main__":
    main()
