"""From an event on Kafka to the stored conflict that it makes."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from benchmarks.report import Table, quantile
from tests.service import RunningService

EVENTS = 100
WARM_UP = 3
DAYS_AHEAD = 2
WITHIN_SECONDS = 30.0
TARGET_MS = 1000
LOOK_EVERY_SECONDS = 0.005
COLUMNS = ("events", "p50 ms", "p90 ms", "p99 ms", "slowest ms", f"p99 under {TARGET_MS} ms")
TRAILS = """
    SELECT DISTINCT departure.value ->> 'trail_id'
    FROM scheduling.daily_schedules, jsonb_each(assignments -> 'departures') AS departure
    WHERE schedule_date = %s AND departure.value ->> 'trail_id' IS NOT NULL
    ORDER BY 1
"""
CONFLICTS = "SELECT count(*) FROM scheduling.schedule_conflicts WHERE details ->> 'cause' = 'TRAIL_HAZARD'"


class NotHeard(Exception):
    """No conflict was stored for an event; the latency has no meaning."""


def measure_events(service: RunningService) -> Table:
    """Measure wildlife alerts that close a trail of a planned date, one after the other."""
    day = datetime.now(UTC).date() + timedelta(days=DAYS_AHEAD)
    service.optimize(day)
    with psycopg.connect(service.env["DATABASE_URL"], autocommit=True) as connection:
        trails = [trail for (trail,) in connection.execute(TRAILS, [day]).fetchall()]
        until = datetime.now(UTC) + timedelta(days=DAYS_AHEAD + 2)
        taken = [_heard(service, connection, trails[n % len(trails)], until) for n in range(WARM_UP + EVENTS)][WARM_UP:]
    p99 = quantile(taken, 0.99)
    row = [
        str(EVENTS),
        *(f"{quantile(taken, part):.0f}" for part in (0.5, 0.9, 0.99)),
        f"{max(taken):.0f}",
        "yes" if p99 < TARGET_MS else "NO",
    ]
    notes = (
        "From before `wildlife_alert.issued` is sent to Kafka until its conflicts can be read from the database, "
        f"looked at every {LOOK_EVERY_SECONDS * 1000:.0f} ms; one event at a time, each closing one trail of a date "
        "that is planned for six regions. All processes of the service run beside it."
    )
    return Table("events", "From an event to the stored conflict", COLUMNS, [row], notes)


def _heard(service: RunningService, connection: psycopg.Connection[Any], trail_id: str, until: datetime) -> float:
    before, started = _count(connection), time.perf_counter()
    service.close_trails([trail_id], until)
    while time.perf_counter() - started < WITHIN_SECONDS:
        if _count(connection) > before:
            return (time.perf_counter() - started) * 1000
        time.sleep(LOOK_EVERY_SECONDS)
    raise NotHeard(f"After {WITHIN_SECONDS:.0f} s there is no conflict for trail {trail_id}.")


def _count(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(CONFLICTS).fetchone()
    return int(row[0]) if row else 0
