"""Bringing a date's departures up to what the catalog sells."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from scheduling.document import ScheduleDocument
from scheduling.facts import CatalogDeparture, Snapshot
from scheduling.new_departures import new_departure


def merge_catalog(
    document: ScheduleDocument,
    day: date,
    snapshot: Snapshot,
    *,
    region_ids: Collection[UUID],
    known_as: Mapping[UUID, UUID],
) -> None:
    """Add the catalog's departures that the document lacks, and bring the sold seats of the others up to date.

    `known_as` maps a catalog's id to ours where they differ. One that the catalog cancelled is not added.
    """
    for sold in _sold_in(snapshot, day, region_ids):
        key = known_as.get(sold.id, sold.id)
        departure = document.departures.get(key)
        if departure is None:
            if sold.is_cancelled:
                continue
            departure = new_departure(snapshot.trips[sold.trip_id], day, sold.departure_time, snapshot, sold)
            document.departures[key] = departure
        departure.catalog_participants = sold.sold_spots
        departure.count_participants()


def _sold_in(snapshot: Snapshot, day: date, region_ids: Collection[UUID]) -> Iterable[CatalogDeparture]:
    for sold in snapshot.departures.get(day, ()):
        trip = snapshot.trips.get(sold.trip_id)
        if trip is not None and trip.region_id in region_ids:
            yield sold
