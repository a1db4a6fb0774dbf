"""Which guides a write touches: their commitments are rewritten, or what they entered may clash with others."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.reached import adjusted_guides
from scheduling.domain.document import Departure


def replanned_departures(change: Change) -> frozenset[UUID]:
    """Return the departures whose guides, times, places or status differ: their commitments are rewritten."""
    before, after = change.before.departures, change.after.departures
    return frozenset(
        key for key in change.departure_ids if _commitment_of(before.get(key)) != _commitment_of(after.get(key))
    )


def guides_touched(changes: Mapping[date, Change]) -> set[UUID]:
    """Return the guides whose plans or entries differ: an entry may clash with a plan of another date."""
    touched: set[UUID] = set()
    for change in changes.values():
        touched |= adjusted_guides(change)
        for key in replanned_departures(change):
            for document in (change.before, change.after):
                departure = document.departures.get(key)
                touched |= departure.guide_ids if departure else frozenset()
    return touched


def _commitment_of(departure: Departure | None) -> tuple[object, ...] | None:
    if departure is None:
        return None
    return (departure.guide_ids, departure.span, departure.trail_id, departure.trip_id, departure.status)
