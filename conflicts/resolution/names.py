"""The names by which people know what ids stand for, and times as the clocks of their place show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self
from uuid import UUID

from scheduling.domain.document import Departure
from scheduling.domain.facts import Region, Snapshot, Span


@dataclass(frozen=True, slots=True)
class Names:
    """Trails and regions by id. What has no known name is said to have none."""

    trails: Mapping[UUID, str] = field(default_factory=dict)
    regions: Mapping[UUID, Region] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        return cls({key: trail.name for key, trail in snapshot.trails.items()}, snapshot.regions)

    def trail(self, trail_id: UUID | None) -> str:
        return "no trail" if trail_id is None else self.trails.get(trail_id, "a trail whose name is not known")

    def region(self, region_id: UUID) -> str:
        region = self.regions.get(region_id)
        return region.name if region else "another region"

    def departure(self, departure: Departure) -> str:
        """Return what tells it from others of its trip: "Sunrise hike on Saturday 1 May, 08:00 (Utah)"."""
        region_id = departure.region_id
        return f"{departure.trip_name} on {self.moment(departure.starts_at, region_id)} ({self.region(region_id)})"

    def moment(self, instant: datetime, region_id: UUID) -> str:
        """Return a moment by the region's clocks: "Saturday 1 May, 08:00"."""
        local = self._local(instant, region_id)
        return f"{date_text(local)}, {_clock(local)}"

    def span(self, span: Span, region_id: UUID) -> str:
        """Return the times of a departure by the region's clocks, with the second date where it is another."""
        ends_at = self._local(span.ends_at, region_id)
        is_same_date = ends_at.date() == self._local(span.starts_at, region_id).date()
        end = _clock(ends_at) if is_same_date else self.moment(span.ends_at, region_id)
        return f"{self.moment(span.starts_at, region_id)} to {end}"

    def _local(self, instant: datetime, region_id: UUID) -> datetime:
        region = self.regions.get(region_id)
        return instant.astimezone(region.timezone) if region else instant


def date_text(day: date) -> str:
    """Return a date as people speak of it; plans are for weeks, not for years."""
    return f"{day:%A} {day.day} {day:%B}"


def _clock(local: datetime) -> str:
    """Return the time of day; with its offset from UTC in the hour that clocks show twice in autumn."""
    shows_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M} (UTC{local:%z})" if shows_twice else f"{local:%H:%M}"
