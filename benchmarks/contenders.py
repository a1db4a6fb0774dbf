"""`python -m benchmarks.contenders <way> <date> <writers> <seconds>`: contend for one daily schedule; prints JSON.

Every writer counts its own writes in a key of its own departure, so that lost writes show at the end.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection, connections, transaction  # noqa: E402 (models come after django.setup)
from django.db.models import F  # noqa: E402

from benchmarks.cpu import cpu_seconds  # noqa: E402
from benchmarks.report import quantile  # noqa: E402
from scheduling.daily_schedules.authors import Author, AuthorKind, set_author  # noqa: E402
from scheduling.daily_schedules.changes import Change, detectors  # noqa: E402
from scheduling.daily_schedules.drafts import Draft, read_drafts  # noqa: E402
from scheduling.daily_schedules.writer import write_daily_schedules  # noqa: E402
from scheduling.domain.document import ScheduleDocument, changed_departures  # noqa: E402
from scheduling.metrics import schedule_write_retries  # noqa: E402
from scheduling.models import DailySchedule  # noqa: E402

AHEAD_SECONDS = 1.0
AUTHOR = Author(AuthorKind.EVENT, "benchmark", "measuring", "benchmark")
COUNTED = "counted_by_the_benchmark"

Write = Callable[[date, UUID], None]


def write_version_checked(day: date, departure_id: UUID) -> None:
    """Write as the service does where it knows which departure it changes."""

    def edit(drafts: Mapping[date, Draft]) -> None:
        _count(drafts[day].document, departure_id)

    write_daily_schedules([day], edit, author=AUTHOR, departures=[departure_id])


@transaction.atomic
def write_locked(day: date, departure_id: UUID) -> None:
    """Lock the row, read, edit, write: no revision, no preview, no retry."""
    _write_whole(DailySchedule.objects.select_for_update().get(schedule_date=day), departure_id)


def write_last_wins(day: date, departure_id: UUID) -> None:
    """Read, edit, write the whole document over whatever is there by now."""
    schedule = DailySchedule.objects.get(schedule_date=day)
    with transaction.atomic():
        _write_whole(schedule, departure_id)


WAYS: Mapping[str, Write] = {
    "version-checked": write_version_checked,
    "locked": write_locked,
    "last-wins": write_last_wins,
}


def main() -> None:
    """Start the contenders at one moment and print the sums of their writes and of what is left of them."""
    way, day, writers, seconds = sys.argv[1], date.fromisoformat(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    before = _counted(day)
    connections.close_all()
    begin = time.time() + AHEAD_SECONDS
    with get_context("fork").Pool(writers) as pool:
        arguments = [(way, day, number, begin, seconds) for number in range(writers)]
        counts_of_writers = pool.starmap(contend, arguments, chunksize=1)
    latencies = [latency for counts in counts_of_writers for latency in counts["latencies_ms"]]
    summary = {
        "writes": len(latencies),
        "per_second": len(latencies) / seconds,
        "p50_ms": quantile(latencies, 0.50),
        "p99_ms": quantile(latencies, 0.99),
        "slowest_ms": max(latencies),
        "cpu_ms": sum(counts["cpu_ms"] for counts in counts_of_writers) / max(len(latencies), 1),
        "retries": sum(counts["retries"] for counts in counts_of_writers),
        "errors": dict(sum((Counter(counts["errors"]) for counts in counts_of_writers), Counter())),
        "lost": len(latencies) - (_counted(day) - before),
    }
    print(json.dumps(summary))


def contend(way: str, day: date, number: int, begin: float, seconds: float) -> dict[str, Any]:
    """Write for `seconds`; return the latencies, the CPU of this process and its backend in ms, retries and errors."""
    write, departure_id = WAYS[way], sorted(read_drafts([day])[day].document.departures)[number]
    retried_before, latencies, errors = _retries(), [], Counter[str]()
    time.sleep(max(0.0, begin - time.time()))
    cpu_before = _cpu_ms()
    while time.time() < begin + seconds:
        started = time.perf_counter()
        try:
            write(day, departure_id)
        except Exception as error:
            errors[type(error).__name__] += 1
        else:
            latencies.append((time.perf_counter() - started) * 1000)
    cpu, retries = _cpu_ms() - cpu_before, _retries() - retried_before
    return {"latencies_ms": latencies, "cpu_ms": cpu, "errors": errors, "retries": retries}


def _write_whole(schedule: DailySchedule, departure_id: UUID) -> None:
    before, after = schedule.document, schedule.document
    _count(after, departure_id)
    set_author(AUTHOR)
    DailySchedule.objects.filter(pk=schedule.pk).update(assignments=after.write(), rev=F("rev") + 1)
    detectors({schedule.schedule_date: Change(schedule, before, after, changed_departures(before, after))}, None)


def _count(document: ScheduleDocument, departure_id: UUID) -> None:
    departure = document.departures[departure_id]
    setattr(departure, COUNTED, getattr(departure, COUNTED, 0) + 1)


def _counted(day: date) -> int:
    departures = read_drafts([day])[day].document.departures.values()
    return sum(getattr(departure, COUNTED, 0) for departure in departures)


def _cpu_ms() -> float:
    """Return the CPU of this process and of its connection's backend, which is on the same machine."""
    connection.ensure_connection()
    backend: int = connection.connection.info.backend_pid
    return cpu_seconds([os.getpid(), backend]) * 1000


def _retries() -> float:
    samples = next(iter(schedule_write_retries.collect())).samples
    return next(sample.value for sample in samples if sample.name.endswith("_total"))


if __name__ == "__main__":
    main()
