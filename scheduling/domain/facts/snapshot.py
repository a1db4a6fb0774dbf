"""The picture of the facts that a decision is made on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from scheduling.domain.facts.catalog import CatalogDeparture, Trip
from scheduling.domain.facts.guides import Certificate, Guide
from scheduling.domain.facts.places import Location, Region
from scheduling.domain.facts.siblings import LeftOut, RecordKind, Sibling
from scheduling.domain.facts.trails import Trail
from scheduling.domain.facts.weather import WeatherAlert, WeatherOutlook


@dataclass(frozen=True)
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
        return self._trails_by_region.get(region_id, ())

    def guides_in(self, region: Region) -> tuple[Guide, ...]:
        """Return the guides who work in a region, ordered by id."""
        spelled = (str(region.id), region.slug)
        guides = {guide.id.int: guide for spelling in spelled for guide in self._guides_by_region.get(spelling, ())}
        return tuple(guides[number] for number in sorted(guides))

    def guides_of(self, region_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Return the guides who work in any of these regions; nobody does in an unknown one."""
        known = (self.regions[key] for key in region_ids if key in self.regions)
        return frozenset(guide.id for region in known for guide in self.guides_in(region))

    @cached_property
    def _trails_by_region(self) -> dict[UUID, tuple[Trail, ...]]:
        trails: defaultdict[UUID, list[Trail]] = defaultdict(list)
        for trail in sorted(self.trails.values(), key=attrgetter("id.int")):
            trails[trail.region_id].append(trail)
        return {region_id: tuple(of_region) for region_id, of_region in trails.items()}

    @cached_property
    def _guides_by_region(self) -> dict[str, list[Guide]]:
        """The guides by each region that they name, as they spell it."""
        guides: defaultdict[str, list[Guide]] = defaultdict(list)
        for guide in self.guides.values():
            for spelling in guide.region_ids:
                guides[spelling].append(guide)
        return dict(guides)

    def __getstate__(self) -> dict[str, Any]:
        """Return the facts without what was derived from them, which another process derives again."""
        return {known.name: getattr(self, known.name) for known in fields(self)}

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
