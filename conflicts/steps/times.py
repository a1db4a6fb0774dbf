"""Times at which a departure may not leave, because another one of its trip does."""

from datetime import date, datetime
from uuid import UUID

from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, Snapshot


def is_taken(
    trip_id: UUID,
    starts_at: datetime,
    day: date,
    document: ScheduleDocument,
    snapshot: Snapshot,
    *,
    own_id: UUID | None = None,
) -> bool:
    """Return whether another departure of the trip has that very time: both would be one in the catalog.

    `starts_at` is by the region's clocks. `own_id` is the departure that is to leave then, None for a new one.
    """
    listed = [sold for sold in snapshot.departures.get(day, ()) if sold.trip_id == trip_id]
    others = {sold.departure_time for sold in listed if not _is_own(sold, own_id)}
    starts = {
        planned.starts_at
        for key, planned in document.departures.items()
        if planned.trip_id == trip_id and key != own_id
    }
    return f"{starts_at:%H:%M}" in others or starts_at in starts


def _is_own(sold: CatalogDeparture, own_id: UUID | None) -> bool:
    # The catalog has one of ours under an id of its own; our id is that of the time at which it was made.
    return own_id in {sold.id, departure_id_of(sold.trip_id, sold.day, sold.departure_time)}
