"""Which guides a write touches: their commitments are rewritten, or what they entered may clash with others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
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
        touched |= _guides_replanned(change.before.departures, change.after.departures, change.departure_ids)
    return touched


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a write is going to lock, where its plan tells: the guides it touches and the departures that it adds."""

    guides: frozenset[UUID] = frozenset()
    departures_added: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, base: Mapping[UUID, Departure], planned: Mapping[UUID, Departure]) -> "Foreseen":
        """Return what planned departures touch that are written only where they are as they were planned on, `base`."""
        return cls(frozenset(_guides_replanned(base, planned, planned)), frozenset(planned.keys() - base.keys()))


def _guides_replanned(
    before: Mapping[UUID, Departure], after: Mapping[UUID, Departure], keys: Iterable[UUID]
) -> set[UUID]:
    """Return the guides, before and after, of those of these departures whose plans differ."""
    pairs = ((before.get(key), after.get(key)) for key in keys)
    differing = ((then, now) for then, now in pairs if (then and _plan_of(then)) != (now and _plan_of(now)))
    return {guide for pair in differing for departure in pair if departure for guide in departure.guide_ids}


def _differing(change: Change, aspect_of: Callable[[Departure], object]) -> frozenset[UUID]:
    before, after = change.before.departures, change.after.departures
    pairs = ((key, before.get(key), after.get(key)) for key in change.departure_ids)
    return frozenset(key for key, then, now in pairs if (then and aspect_of(then)) != (now and aspect_of(now)))


def _plan_of(departure: Departure) -> object:
    return departure.guide_ids, departure.span, departure.trail_id, departure.trip_id, departure.status


def _commitment_of(departure: Departure) -> object:
    guides = frozenset[UUID]() if departure.is_cancelled else departure.guide_ids
    return guides, departure.span, departure.trail_id, departure.trip_id
