"""`python -m benchmarks.conflict_rows <date> <conflicts> [<others>]`: conflicts of a date, and of a thousand others.

Nine of ten conflicts of other dates are resolved, as they are once their dates are past; of the date one of ten is.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 (models come after django.setup)
from django.db.backends.utils import CursorWrapper  # noqa: E402

from benchmarks.growing import fill as put_departures  # noqa: E402
from benchmarks.listing import REGIONS  # noqa: E402
from scheduling.models import schedule_id_of  # noqa: E402

OTHER_DATES = 1000
LISTED: dict[str, Any] = {
    "cause": "TRAIL",
    "description": "Sunrise hike: Rim Trail is closed: rockfall above the second bridge.",
    "departure_ids": [str(uuid4())],
    "affected_trip_ids": [str(uuid4())],
    "affected_trail_ids": [str(uuid4())],
    "guests": 8,
    "subjects": [str(uuid4())],
    "source_service": "svc-trail-management",
    "evidence": {"told": {"reason": "rockfall"}, "digest": uuid4().hex},
    "resolution_options": [
        {
            "id": str(uuid4()),
            "strategy": strategy,
            "description": "Sunrise hike on Sunday, 08:00.",
            "impact_assessment": "8 guests move by one hour, and nobody else.",
            "estimated_affected_guests": 8,
            "requires_guest_notification": True,
        }
        for strategy in ("RESCHEDULE_TRIP", "CLOSE_TRAIL", "ACCEPT_RISK")
    ],
}
"""What lists show of a conflict and no filter reads; those of other dates, which no list reads, have none of it."""
INSERT = """
    INSERT INTO scheduling.schedule_conflicts
        (conflict_id, schedule_id, conflict_type, details, resolved, detected_at)
    SELECT gen_random_uuid(), %(schedule)s,
        (ARRAY['GUIDE_DOUBLE_BOOKED', 'TRAIL_CLOSED', 'WEATHER_ALERT', 'CAPACITY_EXCEEDED'])[1 + n %% 4],
        %(listed)s::jsonb || jsonb_build_object(
            'severity', (ARRAY['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'])[1 + n %% 7 / 2],
            'conflict_date', (%(first)s::date + (n %% %(dates)s)::int)::text,
            'region_id', (%(regions)s::text[])[1 + n %% 6],
            'fingerprint', %(first)s::text || ' ' || n
        ),
        n %% 10 < %(resolved_of_ten)s,
        now() - interval '30 days' + n * interval '1 second'
    FROM generate_series(1, %(count)s) AS n
"""
RESOLUTIONS = """
    INSERT INTO scheduling.conflict_resolutions (conflict_id, strategy, status, resolved_by, notes, resolved_at)
    SELECT conflict_id, 'ACCEPT_RISK', 'RESOLVED', 'ana', 'The guides know a way around.', detected_at
    FROM scheduling.schedule_conflicts
    WHERE resolved AND (details ->> 'conflict_date' = %s OR conflict_id < '10000000-0000-0000-0000-000000000000')
    ON CONFLICT DO NOTHING
"""
"""Of the date, and of every sixteenth conflict of other dates."""
ACCEPTANCES = """
    INSERT INTO scheduling.risk_acceptances
        (conflict_id, fingerprint, severity, evidence_digest, owner, reason, accepted_at, expires_at)
    SELECT conflict_id, details ->> 'fingerprint', 'HIGH', '', resolved_by, notes, resolved_at, now() + interval '1 day'
    FROM scheduling.conflict_resolutions AS resolution JOIN scheduling.schedule_conflicts USING (conflict_id)
    WHERE NOT EXISTS (SELECT FROM scheduling.risk_acceptances AS made WHERE made.conflict_id = resolution.conflict_id)
"""
SECONDARY = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'scheduling' AND tablename = 'schedule_conflicts' AND indexname NOT LIKE '%pkey'
"""


def fill(day: date, conflicts: int, others: int = 0) -> None:
    """Store conflicts of a date that has none, and as many `others` of the dates of the years before it."""
    put_departures(day, 1)
    with transaction.atomic(), connection.cursor() as cursor:
        # Rows of ours refer to rows of ours: to look up each would take as long as to store it.
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        with _indexes_made_anew(cursor):
            _insert(cursor, conflicts, LISTED, day=day, first=day, dates=1, resolved_of_ten=1)
            first = day - timedelta(days=OTHER_DATES)
            _insert(cursor, others, {}, day=day, first=first, dates=OTHER_DATES, resolved_of_ten=9)
        cursor.execute(RESOLUTIONS, [day.isoformat()])
        cursor.execute(ACCEPTANCES)
    with connection.cursor() as cursor:
        # As autovacuum and the checkpointer do in the time in which so many conflicts come about.
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


@contextmanager
def _indexes_made_anew(cursor: CursorWrapper) -> Iterator[None]:
    """Make all indexes but the primary key's after the rows, by sorting: several times faster than row by row."""
    cursor.execute(SECONDARY)
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX scheduling.{name}")
    yield
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        cursor.execute(definition)


def _insert(cursor: CursorWrapper, count: int, listed: dict[str, Any], *, day: date, **columns: Any) -> None:
    of_all: dict[str, Any] = {
        "count": count,
        "schedule": schedule_id_of(day),
        "regions": REGIONS,
        "listed": json.dumps(listed),
    }
    cursor.execute(INSERT, of_all | columns)


def main() -> None:
    """Run the command line."""
    day, *counts = sys.argv[1:]
    fill(date.fromisoformat(day), *map(int, counts))


if __name__ == "__main__":
    main()
