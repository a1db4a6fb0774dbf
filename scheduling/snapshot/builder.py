"""Taking of snapshots, with all independent lookups in parallel."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Guide, RecordKind, Region, Snapshot
from scheduling.domain.limits import CATALOG_WINDOW
from scheduling.domain.namesakes import told_apart
from scheduling.siblings import SiblingFailure
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.catalog import CATALOG, Catalog, read_catalog, read_departing_trips, read_regions
from scheduling.snapshot.gaps import Gaps
from scheduling.snapshot.guides import GuideLookups
from scheduling.snapshot.lookups import UnknownTrip
from scheduling.snapshot.region_conditions import RegionConditions, RegionLookups

ASSEMBLY_SECONDS = 0.2
"""The part of the deadline that is reserved for putting the snapshot together after the last lookup."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """The scope of a snapshot. `region_ids` None: all regions; `window`: first and last date of catalog departures.

    `names_all`: no other trips are read than those named, and no other trails in detail.
    """

    days: tuple[date, ...]
    window: tuple[date, date]
    trip_ids: frozenset[UUID]
    region_ids: frozenset[UUID] | None
    trail_ids: frozenset[UUID]
    is_of_one_trip: bool = False
    names_all: bool = False

    def regions(self, catalog: Catalog, regions: Iterable[Region]) -> list[Region]:
        """Return the regions to read: those requested and those of the trips in `catalog`."""
        trip_regions = {trip.region_id for trip in catalog.trips.values()}
        is_everywhere = self.region_ids is None and not self.is_of_one_trip
        region_ids = trip_regions | (self.region_ids or frozenset())
        return [region for region in regions if is_everywhere or region.id in region_ids]


def take_day_snapshot(
    day: date,
    *,
    region_ids: Collection[UUID] | None = None,
    trip_ids: Collection[UUID] = (),
    trail_ids: Collection[UUID] = (),
    deadline_seconds: float,
    fresh: bool = False,
) -> Snapshot:
    """Take a snapshot of one date; parameters and errors are those of `take_facts_snapshot`."""
    return take_facts_snapshot(
        [day],
        region_ids=region_ids,
        trip_ids=trip_ids,
        trail_ids=trail_ids,
        deadline_seconds=deadline_seconds,
        fresh=fresh,
    )


def take_facts_snapshot(
    days: Collection[date],
    *,
    region_ids: Collection[UUID] | None = None,
    trip_ids: Collection[UUID] = (),
    trail_ids: Collection[UUID] = (),
    deadline_seconds: float,
    fresh: bool = False,
    names_all: bool = False,
) -> Snapshot:
    """Take a snapshot of some dates: all guides, and for the regions (None: all) departures, trails and weather.

    `trip_ids` are read beside the trips that depart on the dates; `trail_ids` are read in detail beside the trails that
    suit a trip. With `names_all` these are read alone. Availability covers every date that a departure of the catalog
    touches; `with_availability_on` adds further dates, `with_certificates` certificates and `with_availability_notes`
    notes. `fresh`: nothing comes from the cache. Raises SiblingUnavailable where the catalog or svc-guide-management
    does not answer within `deadline_seconds`; other silent siblings are in `unknown`
    (docs/decisions/0011-silence-of-siblings.md).
    """
    ordered = tuple(sorted(set(days)))
    scope = _Scope(
        days=ordered,
        window=(ordered[0], ordered[-1]),
        trip_ids=frozenset(trip_ids),
        region_ids=None if region_ids is None else frozenset(region_ids),
        trail_ids=frozenset(trail_ids),
        names_all=names_all,
    )
    return _take(scope, deadline_seconds, fresh=fresh)


def take_trip_snapshot(
    trip_id: UUID,
    days: Collection[date],
    *,
    trail_ids: Collection[UUID] = (),
    deadline_seconds: float,
    fresh: bool = False,
    safety_since: datetime | None = None,
) -> Snapshot:
    """Take a snapshot of one trip on some dates, in few calls: its guides are those available on one of the dates.

    `safety_since`: facts about safety that were read earlier are read again, in the snapshot and in all that is added
    to it. Raises UnknownTrip, and SiblingUnavailable as `take_facts_snapshot` does.
    """
    ordered = tuple(sorted(set(days)))
    scope = _Scope(
        days=ordered,
        window=(ordered[0] - CATALOG_WINDOW, ordered[-1] + CATALOG_WINDOW),
        trip_ids=frozenset({trip_id}),
        region_ids=None,
        trail_ids=frozenset(trail_ids),
        is_of_one_trip=True,
    )
    return _take(scope, deadline_seconds, fresh=fresh, safety_since=safety_since)


def take_snapshots(
    trip_ids: Mapping[date, Collection[UUID]], *, trail_ids: Collection[UUID] = (), deadline_seconds: float
) -> dict[date, Snapshot]:
    """Take a snapshot of each of several dates, each as `take_day_snapshot` would take it of all regions, at once.

    What the dates share is read once, and shared by the snapshots. `trip_ids` are read beside those that depart on the
    date, `trail_ids` in detail for all. Where something is unknown that may not concern every date there are no
    snapshots at all: each date has to be read by itself then, so that its snapshot says what is unknown of it. Raises
    SiblingUnavailable, also where it is one date alone that cannot be read.
    """
    days = tuple(sorted(trip_ids))
    scope = _Scope(
        days=days,
        window=(days[0], days[-1]),
        trip_ids=frozenset(key for of_day in trip_ids.values() for key in of_day),
        region_ids=None,
        trail_ids=frozenset(trail_ids),
    )
    read = _read(scope, deadline_seconds, fresh=False, safety_since=None)
    kinds = {record.kind for record in read.gaps.left_out()}
    if read.gaps.sentences() or kinds & {RecordKind.TRIP, RecordKind.DEPARTURE}:
        return {}
    return {day: read.snapshot_of([day], read.catalog.on(day, trip_ids[day])) for day in days}


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read in one scope."""

    scope: _Scope
    taken_at: datetime
    reader: SiblingReader
    gaps: Gaps
    catalog: Catalog
    regions: Mapping[UUID, Region]
    guides: Mapping[UUID, Guide]
    available: Mapping[date, frozenset[UUID]]
    conditions: RegionConditions

    def snapshot_of(self, days: Collection[date], catalog: Catalog) -> Snapshot:
        """Return the snapshot of some of the dates, whose part of the catalog this is."""
        covered = self.available.keys() & (catalog.days_touched(days, self.regions) | set(days))
        return Snapshot(
            taken_at=self.taken_at,
            days=tuple(days),
            regions=self.regions,
            trips=catalog.trips,
            departures=catalog.departures_by_day(days),
            usual_times=catalog.usual_times(),
            guides=self.guides,
            available={day: guides for day, guides in self.available.items() if day in covered},
            trails=self.conditions.trails,
            outlooks={place: outlook for place, outlook in self.conditions.outlooks.items() if place[1] in covered},
            alerts=self.conditions.alerts,
            unread_weather=self.conditions.unread_weather,
            locations=self.conditions.locations,
            unknown=self.gaps.sentences(),
            read_at=self.reader.read_at,
            left_out=self.gaps.left_out(),
            safety_since=self.reader.safety_since,
            safety_read_at=self.reader.safety_read_at,
            lists_all_guides=not self.scope.is_of_one_trip,
        )


def _take(scope: _Scope, deadline_seconds: float, *, fresh: bool, safety_since: datetime | None = None) -> Snapshot:
    read = _read(scope, deadline_seconds, fresh=fresh, safety_since=safety_since)
    return read.snapshot_of(scope.days, read.catalog)


def _read(scope: _Scope, deadline_seconds: float, *, fresh: bool, safety_since: datetime | None) -> _Read:
    taken_at = datetime.now(UTC)
    gaps = Gaps()
    deadline = Deadline.after(deadline_seconds - ASSEMBLY_SECONDS)
    judging = SiblingReader.judging(deadline, days=scope.days, fresh=fresh, safety_since=safety_since)
    with judging as reader, Lookups(deadline) as lookups:
        guide_lookups = GuideLookups.start(reader, lookups, gaps, scope.days, all_guides=not scope.is_of_one_trip)
        regions_branch = lookups.branch(read_regions, reader, gaps)
        catalog = _read_catalog(scope, reader, lookups, gaps)
        catalog.judge_departures(reader.answers, scope.days)
        regions = lookups.result(CATALOG, regions_branch)
        _check_trip(scope, catalog, regions, gaps)
        guide_lookups.add_days(catalog.days_touched(scope.days, regions))
        to_go_on = () if scope.names_all else catalog.trips.values()
        region_lookups = RegionLookups.start(
            reader, lookups, gaps, scope.regions(catalog, regions.values()), to_go_on, scope.trail_ids
        )
        guides, available = guide_lookups.finish()
        conditions = region_lookups.finish(guide_lookups.available.keys())
    return _Read(
        scope=scope,
        taken_at=taken_at,
        reader=reader,
        gaps=gaps,
        catalog=catalog,
        regions=regions,
        guides=told_apart(guides, regions.values()),
        available=available,
        conditions=conditions,
    )


def _read_catalog(scope: _Scope, reader: SiblingReader, lookups: Lookups, gaps: Gaps) -> Catalog:
    if scope.is_of_one_trip or scope.names_all:
        return read_catalog(reader, lookups, gaps, scope.trip_ids, scope.window)
    search = lookups.branch(read_departing_trips, reader, lookups, scope.window, scope.region_ids)
    departing = lookups.result(CATALOG, search)
    return read_catalog(reader, lookups, gaps, scope.trip_ids | departing, scope.window)


def _check_trip(scope: _Scope, catalog: Catalog, regions: Mapping[UUID, Region], gaps: Gaps) -> None:
    """Raise UnknownTrip or SiblingFailure where the trip of a trip snapshot or its region's time zone is unknown."""
    if not scope.is_of_one_trip:
        return
    for trip_id in scope.trip_ids - catalog.trips.keys():
        for record in gaps.left_out():
            if record.id == trip_id:
                raise SiblingFailure(CATALOG, "getTripById", "off_contract", record.reason)
        raise UnknownTrip.of(trip_id)
    for trip in catalog.trips.values():
        if trip.region_id not in regions:
            why = f"it has no time zone for the region of {trip.name}"
            raise SiblingFailure(CATALOG, "listRegions", "off_contract", why)
