"""`python -m benchmarks.conflict_rows <date> <conflicts> [<others>]`: conflicts of a date, and of a thousand others.

Nine of ten conflicts of other dates are resolved, as they are once their dates are past; of the date one of ten is.
"""

import sys
from datetime import date, timedelta

import django

django.setup()

from django.db import connection  # noqa: E402 (models come after django.setup)
from django.db.backends.utils import CursorWrapper  # noqa: E402

from benchmarks.growing import fill as put_departures  # noqa: E402
from benchmarks.listing import REGION  # noqa: E402
from scheduling.models import schedule_id_of  # noqa: E402

OTHER_DATES = 1000
INSERT = """
    INSERT INTO scheduling.schedule_conflicts
        (conflict_id, schedule_id, conflict_type, details, resolved, detected_at)
    SELECT gen_random_uuid(), %(schedule)s,
        (ARRAY['GUIDE_DOUBLE_BOOKED', 'TRAIL_CLOSED', 'WEATHER_ALERT', 'CAPACITY_EXCEEDED'])[1 + n %% 4],
        jsonb_build_object(
            'severity', (ARRAY['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'])[1 + n %% 7 / 2],
            'cause', 'TRAIL',
            'description', 'Sunrise hike ' || n || ': Rim Trail is closed: rockfall above the second bridge.',
            'conflict_date', (%(first)s::date + (n %% %(dates)s)::int)::text,
            'region_id', CASE WHEN n %% 6 = 0 THEN %(region)s ELSE md5((n %% 6)::text)::uuid::text END,
            'departure_ids', jsonb_build_array(gen_random_uuid()),
            'affected_trip_ids', jsonb_build_array(gen_random_uuid()),
            'affected_trail_ids', jsonb_build_array(gen_random_uuid()),
            'guests', 8,
            'subjects', jsonb_build_array(gen_random_uuid()),
            'source_service', 'svc-trail-management',
            'fingerprint', %(first)s::text || ' ' || n,
            'evidence', jsonb_build_object('told', jsonb_build_object('reason', 'rockfall'), 'digest', md5(n::text)),
            'resolution_options', (
                SELECT jsonb_agg(jsonb_build_object(
                    'id', gen_random_uuid(), 'strategy', strategy, 'description', 'Sunrise hike on Sunday, 08:00.',
                    'impact_assessment', '8 guests move by one hour, and nobody else.', 'estimated_affected_guests', 8,
                    'requires_guest_notification', true
                )) FROM unnest(ARRAY['RESCHEDULE_TRIP', 'CLOSE_TRAIL', 'ACCEPT_RISK']) AS strategy
            )
        ),
        n %% 10 < %(resolved_of_ten)s,
        now() - interval '30 days' + n * interval '1 second'
    FROM generate_series(1, %(count)s) AS n
"""


def fill(day: date, conflicts: int, others: int = 0) -> None:
    """Store conflicts of a date that has none, and as many `others` of the dates of the years before it."""
    put_departures(day, 1)
    with connection.cursor() as cursor:
        _insert(cursor, conflicts, day=day, first=day, dates=1, resolved_of_ten=1)
        _insert(cursor, others, day=day, first=day - timedelta(days=OTHER_DATES), dates=OTHER_DATES, resolved_of_ten=9)
        # As autovacuum does in the time in which so many conflicts come about.
        cursor.execute("VACUUM ANALYZE scheduling.schedule_conflicts")


def _insert(cursor: CursorWrapper, count: int, *, day: date, **columns: object) -> None:
    cursor.execute(INSERT, {"count": count, "schedule": schedule_id_of(day), "region": REGION, **columns})


def main() -> None:
    """Run the command line."""
    day, *counts = sys.argv[1:]
    fill(date.fromisoformat(day), *map(int, counts))


if __name__ == "__main__":
    main()
