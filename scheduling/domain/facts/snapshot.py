"""The picture of the facts that a decision is made on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Self
from uuid import UUID

from scheduling.domain.facts.catalog import CatalogDeparture, Trip
from scheduling.domain.facts.derived import derived_from, share_derived
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

    def trails_for(self, region_id: UUID, activity: str) -> tuple[Trail, ...]:
        """Return the region's trails for an activity, in the same order."""
        return self._trails_by_use.get((region_id, activity), ())

    def guides_in(self, region: Region) -> tuple[Guide, ...]:
        """Return the guides who work in a region, ordered by id."""
        spelled = (str(region.id), region.slug)
        guides = {guide.id.int: guide for spelling in spelled for guide in self._guides_by_region.get(spelling, ())}
        return tuple(guides[number] for number in sorted(guides))

    def guides_of(self, region_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Return the guides who work in any of these regions; nobody does in an unknown one."""
        known = (self.regions[key] for key in region_ids if key in self.regions)
        return frozenset(guide.id for region in known for guide in self.guides_in(region))

    def trips_in(self, region_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Return the trips of these regions."""
        return frozenset().union(*(self._trips_by_region.get(key, ()) for key in region_ids))

    def listed_of_trips(self, day: date, trip_ids: Iterable[UUID]) -> list[CatalogDeparture]:
        """Return what the catalog lists of these trips on a date, in its order."""
        by_trip = self._listed_by_trip.get(day, {})
        placed = sorted(listed for key in trip_ids for listed in by_trip.get(key, {}).items())
        return [departure for _, departure in placed]

    def listed_in(self, day: date, region_ids: Iterable[UUID]) -> list[CatalogDeparture]:
        """Return what the catalog lists of the trips of these regions on a date, in its order."""
        return self.listed_of_trips(day, self.trips_in(region_ids))

    def listed_by_id(self, day: date) -> Mapping[UUID, CatalogDeparture]:
        """Return what the catalog lists on a date, by its ids."""
        return self._listed_by_id.get(day, {})

    def with_facts(self, **facts: Any) -> Self:
        """Return the snapshot with other `facts`, by field; what follows from those that stay is derived once."""
        changed = replace(self, **facts)
        share_derived([known.name for known in fields(self) if known.name not in facts], by=self, to=changed)
        return changed

    @derived_from("trips")
    def _trips_by_region(self) -> dict[UUID, set[UUID]]:
        trips: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for trip in self.trips.values():
            trips[trip.region_id].add(trip.id)
        return dict(trips)

    @derived_from("departures")
    def _listed_by_trip(self) -> dict[date, dict[UUID, dict[int, CatalogDeparture]]]:
        """What the catalog lists on each date, by trip and by its place in the list."""
        listed: dict[date, dict[UUID, dict[int, CatalogDeparture]]] = {}
        for day, departures in self.departures.items():
            of_day = listed.setdefault(day, {})
            for place, departure in enumerate(departures):
                of_day.setdefault(departure.trip_id, {})[place] = departure
        return listed

    @derived_from("departures")
    def _listed_by_id(self) -> dict[date, dict[UUID, CatalogDeparture]]:
        return {day: {departure.id: departure for departure in of_day} for day, of_day in self.departures.items()}

    @derived_from("trails")
    def _trails_by_region(self) -> dict[UUID, tuple[Trail, ...]]:
        trails: defaultdict[UUID, list[Trail]] = defaultdict(list)
        for trail in sorted(self.trails.values(), key=attrgetter("id.int")):
            trails[trail.region_id].append(trail)
        return {region_id: tuple(of_region) for region_id, of_region in trails.items()}

    @derived_from("trails")
    def _trails_by_use(self) -> dict[tuple[UUID, str], tuple[Trail, ...]]:
        """The trails by their region and each activity that they are for."""
        trails: defaultdict[tuple[UUID, str], list[Trail]] = defaultdict(list)
        for region_id, of_region in self._trails_by_region.items():
            for trail in of_region:
                for activity in trail.activities:
                    trails[region_id, activity].append(trail)
        return {use: tuple(of_use) for use, of_use in trails.items()}

    @derived_from("guides")
    def _guides_by_region(self) -> dict[str, list[Guide]]:
        """The guides by each region that they name, as they spell it."""
        guides: defaultdict[str, list[Guide]] = defaultdict(list)
        for guide in self.guides.values():
            for spelling in guide.region_ids:
                guides[spelling].append(guide)
        return dict(guides)

    @derived_from("left_out")
    def _ids_left_out(self) -> dict[RecordKind, frozenset[UUID | None]]:
        """The ids of the records left out by their kinds; None for one whose id cannot be read."""
        kinds = {record.kind for record in self.left_out}
        return {kind: frozenset(record.id for record in self.left_out if record.kind is kind) for kind in kinds}

    def __getstate__(self) -> dict[str, Any]:
        """Return the facts without what was derived from them, which another process derives again."""
        return {known.name: getattr(self, known.name) for known in fields(self)}

    def lacks(self, kind: RecordKind, key: UUID) -> bool:
        """Return whether the record of this id is one of those left out, or may be one whose id cannot be read."""
        ids = self._ids_left_out.get(kind, frozenset())
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
