"""The neighbouring services, and records of theirs that are unknown."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Sibling(StrEnum):
    """The neighbouring services, by their service names."""

    TRIP_CATALOG = "svc-trip-catalog"
    GUIDE_MANAGEMENT = "svc-guide-management"
    TRAIL_MANAGEMENT = "svc-trail-management"
    WEATHER = "svc-weather"
    LOCATION_SERVICES = "svc-location-services"
    NOTIFICATIONS = "svc-notifications"
    ANALYTICS = "svc-analytics"


class RecordKind(StrEnum):
    """The kinds of records that are named where they are unknown; those of CERTIFICATES by the id of their guide."""

    REGION = "region"
    TRIP = "trip"
    DEPARTURE = "departure"
    GUIDE = "guide"
    TRAIL = "trail"
    BASE_CAMP = "base camp"
    FORECAST = "forecast"
    CERTIFICATES = "certificates"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that breaks the contract of its sibling: what it says is unknown, it is not gone.

    `id` is None where it cannot be read either.
    """

    sibling: Sibling
    kind: RecordKind
    id: UUID | None
    reason: str
