"""The trails of a trip's departures, which a snapshot of the trip has to know."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date
from uuid import UUID

from novatrek_scheduling.pgpool.prepared import prepared_cursor

_READ = """
    SELECT DISTINCT departure ->> 'trail_id'
    FROM scheduling.daily_schedules,
        jsonb_path_query(assignments, '$.departures.* ? (@.trip_id == $trip)', jsonb_build_object('trip', %s::text))
            AS departure
    WHERE schedule_date = ANY(%s::date[]) AND departure ? 'trail_id'
"""


def trails_of_trip(trip_id: UUID, days: Collection[date]) -> set[UUID]:
    """Return the trails of the trip's stored departures on these dates. No departure of another trip is parsed."""
    with prepared_cursor() as cursor:
        cursor.execute(_READ, [str(trip_id), list(days)])
        stored = [trail_id for (trail_id,) in cursor.fetchall()]
    trails = set[UUID]()
    for trail_id in stored:
        # Of a departure that cannot be read, the trail may be no id either.
        with suppress(TypeError, ValueError):
            trails.add(UUID(trail_id))
    return trails
