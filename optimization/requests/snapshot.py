"""The snapshot that a query is decided on."""

from datetime import datetime

from optimization.requests.query import TripQuery
from scheduling.daily_schedules.trails_of_trips import trails_of_trip
from scheduling.domain.facts import Snapshot
from scheduling.snapshot import take_trip_snapshot


def take_query_snapshot(query: TripQuery, *, deadline_seconds: float, safety_since: datetime | None = None) -> Snapshot:
    """Take the snapshot of the trip on the queried dates, with the preferred trails and those of its departures.

    `safety_since` as for `take_trip_snapshot`. Raises UnknownTrip and SiblingUnavailable.
    """
    own_trail_ids = trails_of_trip(query.trip_id, query.days)
    return take_trip_snapshot(
        query.trip_id,
        query.days,
        trail_ids={*own_trail_ids, *query.constraints.preferred_trail_ids},
        deadline_seconds=deadline_seconds,
        safety_since=safety_since,
    )
