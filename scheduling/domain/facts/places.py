"""Regions, and the base camps that their departures leave from."""

import re
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

# Far above the number of regions and of their spellings.
_MAX_CACHED_NAMES = 4096


@lru_cache(_MAX_CACHED_NAMES)
def slug_of(name: str) -> str:
    """Return a region's name as guides' `region_ids` spell it: "pacific_northwest" for "Pacific Northwest"."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


@lru_cache(_MAX_CACHED_NAMES)
def _spellings_of(region_id: UUID, name: str) -> frozenset[str]:
    return frozenset({str(region_id), slug_of(name)})


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A place on the earth, in degrees; north and east are positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Region:
    id: UUID
    name: str
    timezone: ZoneInfo
    weather_station_id: str | None
    coordinates: Coordinates | None = None

    @property
    def slug(self) -> str:
        """The spelling that guides' `region_ids` use beside the id."""
        return slug_of(self.name)

    @property
    def spellings(self) -> frozenset[str]:
        """The spellings that guides' `region_ids` use: the id, and the slug of the name."""
        return _spellings_of(self.id, self.name)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of a location on a day of the week, Monday being 0: HH:MM local time.

    What closes no later than it opens closes on the next day.
    """

    weekday: int
    opens_at: str
    closes_at: str


@dataclass(frozen=True, slots=True)
class Location:
    """The base camp that a region's departures leave from. `max_capacity` is in people; None where unknown.

    Without `opening_hours` they are unknown; with some, it is closed on days of the week that they do not name.
    """

    id: UUID
    region_id: UUID
    max_capacity: int | None
    coordinates: Coordinates | None = None
    opening_hours: tuple[OpeningHours, ...] = ()
