"""Bringing a date's departures up to what the catalog sells."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, Snapshot
from scheduling.domain.new_departures import new_departure


def merge_catalog(
    document: ScheduleDocument,
    day: date,
    snapshot: Snapshot,
    *,
    region_ids: Collection[UUID],
    known_as: Mapping[UUID, UUID],
    now: datetime,
) -> None:
    """Add the catalog's departures that the document lacks, and bring the sold seats of the others up to date.

    `known_as` maps a catalog's id to ours where they differ. One that the catalog cancelled is not added, and
    one that has started or is over stays as it is: nobody who plans may write to it.
    """
    for sold in _sold_in(snapshot, day, region_ids):
        key = known_as.get(sold.id, sold.id)
        departure = document.departures.get(key)
        if departure is None:
            if sold.is_cancelled:
                continue
            departure = new_departure(snapshot.trips[sold.trip_id], day, sold.departure_time, snapshot, sold)
            document.departures[key] = departure
        elif not departure.may_be_replanned(now):
            continue
        departure.catalog_participants = sold.sold_spots
        departure.count_participants()


def take_over_fewer(departure: Departure, sold_spots: int | None) -> None:
    """Have fewer guests on a departure that is not planned itself, where the catalog has sold fewer seats.

    Other departures were planned on that; more guests could break a rule, and come when the departure is planned.
    """
    if sold_spots is not None and sold_spots < (departure.catalog_participants or 0):
        departure.catalog_participants = sold_spots
        departure.count_participants()


def _sold_in(snapshot: Snapshot, day: date, region_ids: Collection[UUID]) -> Iterable[CatalogDeparture]:
    for sold in snapshot.departures.get(day, ()):
        trip = snapshot.trips.get(sold.trip_id)
        if trip is not None and trip.region_id in region_ids:
            yield sold
