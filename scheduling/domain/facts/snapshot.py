"""The picture of the facts that a decision is made on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from scheduling.domain.facts.catalog import CatalogDeparture, Trip
from scheduling.domain.facts.guides import Certificate, Guide
from scheduling.domain.facts.places import Location, Region
from scheduling.domain.facts.siblings import LeftOut, RecordKind, Sibling
from scheduling.domain.facts.trails import Trail
from scheduling.domain.facts.weather import WeatherAlert, WeatherOutlook


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The immutable picture of the siblings' facts for some dates and regions.

    `unknown` maps each sibling that did not answer to a sentence on what is unknown because of it. `read_at` is the
    time at which the oldest response of each sibling in the snapshot was read. `available` also covers the dates
    after `days` on which departures of trips of several days are still under way. `unread_weather` are the regions of
    which a forecast or an alert is unknown. `left_out` has the records that are
    unknown because they break the contract of a sibling that did answer. Facts about safety were all read after
    `safety_since`, if it is set; the oldest of them at `safety_read_at`. Guides of one name have what tells them apart
    in theirs; that all namesakes are known is sure with `lists_all_guides` only.
    """

    taken_at: datetime
    days: tuple[date, ...]
    regions: Mapping[UUID, Region]
    trips: Mapping[UUID, Trip]
    departures: Mapping[date, tuple[CatalogDeparture, ...]] = field(default_factory=dict)
    usual_times: Mapping[UUID, str] = field(default_factory=dict)
    guides: Mapping[UUID, Guide] = field(default_factory=dict)
    available: Mapping[date, frozenset[UUID]] = field(default_factory=dict)
    certificates: Mapping[UUID, tuple[Certificate, ...]] = field(default_factory=dict)
    availability_notes: Mapping[tuple[UUID, date], str] = field(default_factory=dict)
    trails: Mapping[UUID, Trail] = field(default_factory=dict)
    outlooks: Mapping[tuple[UUID, date], WeatherOutlook] = field(default_factory=dict)
    alerts: Mapping[UUID, tuple[WeatherAlert, ...]] = field(default_factory=dict)
    locations: Mapping[UUID, Location] = field(default_factory=dict)
    unread_weather: frozenset[UUID] = frozenset()
    unknown: Mapping[Sibling, str] = field(default_factory=dict)
    read_at: Mapping[Sibling, datetime] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    safety_since: datetime | None = None
    safety_read_at: datetime | None = None
    lists_all_guides: bool = True

    @property
    def facts_read_at(self) -> datetime:
        """The time at which the oldest fact in the snapshot was read."""
        return min(self.read_at.values(), default=self.taken_at)

    def knows(self, sibling: Sibling) -> bool:
        return sibling not in self.unknown

    def knows_weather_of(self, region_id: UUID) -> bool:
        """Return whether the forecast and all alerts of the region were read."""
        return region_id in self.alerts and region_id not in self.unread_weather

    def trails_of(self, region_id: UUID) -> tuple[Trail, ...]:
        """Return the region's trails ordered by id, so that ties are broken the same way every time."""
        trails = (trail for trail in self.trails.values() if trail.region_id == region_id)
        return tuple(sorted(trails, key=lambda trail: trail.id))

    def lacks(self, kind: RecordKind, key: UUID) -> bool:
        """Return whether the record of this id is one of those left out, or may be one whose id cannot be read."""
        ids = {record.id for record in self.left_out if record.kind is kind}
        return key in ids or (None in ids and not self._has(kind, key))

    def _has(self, kind: RecordKind, key: UUID) -> bool:
        match kind:
            case RecordKind.GUIDE:
                return key in self.guides
            case RecordKind.TRAIL:
                return key in self.trails
            case RecordKind.DEPARTURE:
                return any(listed.id == key for departures in self.departures.values() for listed in departures)
        return False
