"""Which guides a write touches: their commitments are rewritten, or what they entered may clash with others."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.reached import adjusted_guides
from scheduling.domain.document import Departure


def replanned_departures(change: Change) -> frozenset[UUID]:
    """Return the departures whose guides, times, places or status differ: their guides are locked."""
    return _differing(change, _plan_of)


def recommitted_departures(change: Change) -> frozenset[UUID]:
    """Return the departures whose commitments differ: their rows are written again. Publishing changes none of them."""
    return _differing(change, _commitment_of)


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


def _differing(change: Change, aspect_of: Callable[[Departure], object]) -> frozenset[UUID]:
    before, after = change.before.departures, change.after.departures
    pairs = ((key, before.get(key), after.get(key)) for key in change.departure_ids)
    return frozenset(key for key, then, now in pairs if (then and aspect_of(then)) != (now and aspect_of(now)))


def _plan_of(departure: Departure) -> object:
    return departure.guide_ids, departure.span, departure.trail_id, departure.trip_id, departure.status


def _commitment_of(departure: Departure) -> object:
    guides = frozenset[UUID]() if departure.is_cancelled else departure.guide_ids
    return guides, departure.span, departure.trail_id, departure.trip_id
