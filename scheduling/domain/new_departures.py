"""New departures, from the catalog's or for a schedule request."""

from datetime import date

from scheduling.domain.catalog_changes import listing_of
from scheduling.domain.document import Departure
from scheduling.domain.facts import CatalogDeparture, Snapshot, Trip
from scheduling.domain.local_time import combine


def new_departure(
    trip: Trip, day: date, local_time: str, snapshot: Snapshot, sold: CatalogDeparture | None = None
) -> Departure:
    """Return an unstaffed draft of `trip` on `day` at the region's `local_time` (HH:MM), from the region's base camp.

    `sold` is the catalog's departure, if there is one: capacity and language are taken from it, and it is kept as the
    listing that the departure is in line with.
    """
    region = snapshot.regions[trip.region_id]
    starts_at = combine(day, local_time, region.timezone)
    location = snapshot.locations.get(region.id)
    return Departure(
        trip_id=trip.id,
        trip_name=trip.name,
        activity_type=trip.activity_type,
        region_id=region.id,
        location_id=location.id if location else None,
        starts_at=starts_at.astimezone(region.timezone),
        ends_at=(starts_at + trip.duration).astimezone(region.timezone),
        capacity=sold.total_spots if sold else trip.max_participants,
        language=sold.language if sold else None,
        catalog=listing_of(sold, trip, snapshot.taken_at, region.timezone) if sold else None,
    )
