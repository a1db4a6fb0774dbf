"""Departures as they are born: from the catalog, or of ours."""

from datetime import date

from scheduling.domain.document import Departure
from scheduling.domain.facts import CatalogDeparture, Snapshot, Trip
from scheduling.domain.local_time import combine


def new_departure(
    trip: Trip, day: date, local_time: str, snapshot: Snapshot, sold: CatalogDeparture | None = None
) -> Departure:
    """A draft of `trip` on `day` at the region's `local_time`, from the region's base camp, led by nobody yet."""
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
    )
