"""A departure as svc-trip-catalog lists it, as the document keeps it."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from scheduling.domain.part import Part


class ListingState(StrEnum):
    FOR_SALE = "FOR_SALE"
    CANCELLED = "CANCELLED"
    NOT_LISTED = "NOT_LISTED"
    TRIP_NOT_FOR_SALE = "TRIP_NOT_FOR_SALE"


class CatalogListing(Part):
    """A departure as the catalog lists it, with the catalog's facts of its trip that a departure keeps.

    `local_time` is HH:MM by the region's clocks, those of `timezone`; `read_at` is when the reading that found it so
    began. One that is no longer listed has the other values of when it last was.
    """

    schedule_date: date
    local_time: str
    state: ListingState = ListingState.FOR_SALE
    trip_id: UUID
    trip_name: str
    activity_type: str
    region_id: UUID
    timezone: str | None = None
    duration_minutes: int
    total_spots: int
    language: str | None = None
    read_at: AwareDatetime | None = None

    @property
    def is_for_sale(self) -> bool:
        return self.state is ListingState.FOR_SALE
