"""Conflicts with the catalog: it changed what people were told of a departure, and nobody has decided yet."""

from dataclasses import replace
from typing import Any

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.findings import CLEAR, DetectedConflict, Judgement
from conflicts.detection.scene import Case
from scheduling.domain.catalog_listing import CatalogListing, ListingState
from scheduling.domain.facts import Sibling

_REASONS = {
    ListingState.CANCELLED: "the catalog cancelled it",
    ListingState.NOT_LISTED: "the catalog no longer lists it",
    ListingState.TRIP_NOT_FOR_SALE: "the catalog no longer sells the trip",
}


def judge_catalog_times(case: Case) -> Judgement:
    """Find another date or time, or another trip or region, in the catalog."""
    listed = case.departure.catalog_change
    if listed is None or not listed.is_for_sale:
        return CLEAR
    departure = case.departure
    description = (
        f"{departure.trip_name} leaves on {departure.starts_at:%Y-%m-%d at %H:%M}, as people were told; in the catalog "
        f"it is now {listed.trip_name} on {listed.schedule_date} at {listed.local_time}, for {_hours(listed)}."
    )
    conflict = case.conflict(
        Cause.CATALOG_MOVED, description, source=Sibling.TRIP_CATALOG, **_evidence(departure.catalog, listed)
    )
    return Judgement((_as_read(conflict, listed),))


def judge_catalog_cancellation(case: Case) -> Judgement:
    """Find a departure that the catalog cancelled or no longer lists, or whose trip it no longer sells."""
    listed = case.departure.catalog_change
    if listed is None or listed.is_for_sale:
        return CLEAR
    departure = case.departure
    conflict = case.conflict(
        Cause.CATALOG_CANCELLED,
        f"{departure.trip_name} of {departure.starts_at:%Y-%m-%d %H:%M} has {departure.participants} guests: "
        f"{_REASONS[listed.state]}.",
        kind=ConflictType.CAPACITY_EXCEEDED,
        source=Sibling.TRIP_CATALOG,
        allowed=0,
        **_evidence(departure.catalog, listed),
    )
    return Judgement((_as_read(conflict, listed),))


def _as_read(conflict: DetectedConflict, listed: CatalogListing) -> DetectedConflict:
    """Return the conflict with the time at which the catalog was read, which may be before the scene's."""
    if listed.read_at is None:
        return conflict
    return replace(conflict, read_at={Sibling.TRIP_CATALOG.value: listed.read_at.isoformat()})


def _evidence(base: CatalogListing | None, listed: CatalogListing) -> dict[str, Any]:
    return {
        "was": base.model_dump(mode="json", exclude={"read_at"}) if base else {},
        "listed": listed.model_dump(mode="json", exclude={"read_at"}),
    }


def _hours(listed: CatalogListing) -> str:
    return f"{listed.duration_minutes / 60:g} h"
