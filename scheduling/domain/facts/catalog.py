"""Trips, and their departures as the catalog sells them."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from scheduling.domain.facts.trails import Difficulty


@dataclass(frozen=True, slots=True)
class Trip:
    id: UUID
    name: str
    activity_type: str
    difficulty: Difficulty
    region_id: UUID
    duration: timedelta
    min_participants: int
    max_participants: int
    is_active: bool
    required_certifications: frozenset[str]
    age_minimum: int


@dataclass(frozen=True, slots=True)
class CatalogDeparture:
    """A dated run of a trip as the catalog sells it. `departure_time` is the region's local time, HH:MM."""

    id: UUID
    trip_id: UUID
    day: date
    departure_time: str
    total_spots: int
    available_spots: int
    is_cancelled: bool
    language: str | None = None

    @property
    def sold_spots(self) -> int:
        return max(0, self.total_spots - self.available_spots)
