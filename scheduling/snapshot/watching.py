"""The snapshot of a monitor: what stored departures rest on, each region, trip, trail and guide read once.

It is for judging what is there, not for planning: every list that does not come, or is not believed, is a gap, the
catalog's and svc-guide-management's too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import CatalogDeparture, RecordKind, Region, Sibling, Snapshot
from scheduling.domain.namesakes import told_apart
from scheduling.siblings import SiblingUnavailable
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.builder import ASSEMBLY_SECONDS
from scheduling.snapshot.catalog import CATALOG, Catalog, read_catalog, read_departing_trips, read_regions
from scheduling.snapshot.gaps import Gaps
from scheduling.snapshot.guide_details import with_certificates
from scheduling.snapshot.guides import GUIDES, GuideLookups
from scheduling.snapshot.region_conditions import RegionLookups


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched: the subjects of stored departures, each once.

    `listed_days` are the dates of which the catalog's departures are read, `guide_days` those on which guides have to
    be available, `days` all that the departures touch. `guide_ids` are in the order in which certificates are read.
    """

    listed_days: frozenset[date]
    guide_days: frozenset[date]
    days: frozenset[date]
    region_ids: frozenset[UUID]
    trip_ids: frozenset[UUID]
    trail_ids: frozenset[UUID]
    guide_ids: tuple[UUID, ...]


def take_watch_snapshot(watch: Watch, *, deadline_seconds: float) -> Snapshot:
    """Take a snapshot of what is watched, with certificates; nothing comes from the cache.

    `departures` has the dates alone whose lists were read and believed, none that is over by every region's clock.
    What no sibling answered by the deadline is in `unknown`, and in `left_out` for certificates.
    """
    deadline = Deadline.after(deadline_seconds)
    snapshot = _take(watch, Deadline.after(deadline_seconds - ASSEMBLY_SECONDS))
    certified = with_certificates(snapshot, watch.guide_ids, deadline_seconds=deadline.remaining(), fresh=True)
    return _with_unread_certificates_named(certified)


def take_view_snapshot(
    day: date, region_ids: Collection[UUID], trail_ids: Collection[UUID], *, deadline_seconds: float
) -> Snapshot:
    """Take a snapshot for people to look at a date: guides, weather, trails and base camps, cached ones too.

    `trail_ids` are read in detail. What no sibling answered by the deadline is in `unknown`; nothing is decided on it.
    """
    days = frozenset({day})
    watch = Watch(
        listed_days=frozenset(),
        guide_days=days,
        days=days,
        region_ids=frozenset(region_ids),
        trip_ids=frozenset(),
        trail_ids=frozenset(trail_ids),
        guide_ids=(),
    )
    return _take(watch, Deadline.after(deadline_seconds - ASSEMBLY_SECONDS), fresh=False)


def _take(watch: Watch, deadline: Deadline, *, fresh: bool = True) -> Snapshot:
    taken_at, gaps = datetime.now(UTC), Gaps()
    with SiblingReader.judging(deadline, days=watch.listed_days, fresh=fresh) as reader, Lookups(deadline) as lookups:
        guide_lookups = GuideLookups.start(reader, lookups, gaps, watch.guide_days, all_guides=True)
        regions_branch = lookups.branch(read_regions, reader, gaps)
        read = partial(lookups.result, CATALOG, regions_branch)
        regions = gaps.read_or_note(CATALOG, "the regions", read)
        without_forecast = _without_forecast(watch.region_ids, regions, gaps)
        regions = regions or {}
        watched = [regions.get(key) or _unread_region(key) for key in sorted(watch.region_ids)]
        region_lookups = RegionLookups.start(reader, lookups, gaps, watched, (), watch.trail_ids)
        read_all = partial(_read_catalog, watch, reader, lookups, gaps)
        catalog = gaps.read_or_note(CATALOG, "trips and departures", read_all) or Catalog()
        departures = dict(_believed(catalog, _days_to_come(watch.listed_days, regions.values()), reader, gaps))
        guides, available = guide_lookups.finish_known()
        conditions = region_lookups.finish(watch.days)
    return Snapshot(
        taken_at=taken_at,
        days=tuple(sorted(watch.days)),
        regions=regions,
        trips=catalog.trips,
        departures=departures,
        guides=told_apart(guides, regions.values()),
        available=available,
        trails=conditions.trails,
        outlooks=conditions.outlooks,
        alerts=conditions.alerts,
        unread_weather=conditions.unread_weather | without_forecast,
        locations=conditions.locations,
        unknown=gaps.sentences(),
        read_at=reader.read_at,
        left_out=gaps.left_out(),
        lists_all_guides=GUIDES not in gaps.sentences(),
    )


def _read_catalog(watch: Watch, reader: SiblingReader, lookups: Lookups, gaps: Gaps) -> Catalog:
    """Read the trips of the watched departures, and of all that the catalog lists on the dates: they may have moved."""
    if not watch.listed_days:
        return Catalog()
    window = (min(watch.listed_days), max(watch.listed_days))
    search = lookups.branch(read_departing_trips, reader, lookups, window, None)
    departing = lookups.result(CATALOG, search)
    return read_catalog(reader, lookups, gaps, watch.trip_ids | departing, window)


def _believed(
    catalog: Catalog, days: Collection[date], reader: SiblingReader, gaps: Gaps
) -> Iterator[tuple[date, tuple[CatalogDeparture, ...]]]:
    """Yield the departures of the dates that are believed; a date that is not does not hide the others."""
    by_day = catalog.departures_by_day(days if catalog.trips else ())
    for day, departures in sorted(by_day.items()):
        try:
            catalog.judge_departures(reader.answers, [day])
        except SiblingUnavailable:
            gaps.note(CATALOG, f"the departures of {day}")
        else:
            yield day, departures


def _days_to_come(days: Iterable[date], regions: Iterable[Region]) -> list[date]:
    """Return the dates that have not ended everywhere: what the catalog lists of the others is not kept for long."""
    now = datetime.now(UTC)
    first = min((now.astimezone(region.timezone).date() for region in regions), default=None)
    return [day for day in sorted(days) if first is not None and day >= first]


def _without_forecast(
    region_ids: Collection[UUID], regions: Mapping[UUID, Region] | None, gaps: Gaps
) -> frozenset[UUID]:
    """Return the watched regions whose weather station is unknown; `regions` None: they could not be read.

    One that the catalog does not have any more leaves nothing unknown.
    """
    unread = {record.id for record in gaps.left_out() if record.kind is RecordKind.REGION}
    unknown = {key for key in region_ids if regions is None or (key not in regions and unread & {key, None})}
    for key in unknown:
        gaps.note(Sibling.WEATHER, f"the forecast of region {key}")
    return frozenset(unknown)


def _unread_region(key: UUID) -> Region:
    """Return what stands for a region that was not read: it has no weather station; the rest can be asked for."""
    return Region(id=key, name=f"region {key}", timezone=ZoneInfo("UTC"), weather_station_id=None)


def _with_unread_certificates_named(snapshot: Snapshot) -> Snapshot:
    unread = [record for record in snapshot.left_out if record.kind is RecordKind.CERTIFICATES]
    if not unread:
        return snapshot
    before = snapshot.unknown.get(GUIDES, "")
    sentence = f"{GUIDES} did not answer, or not in time, for the certificates of {len(unread)} guides."
    return replace(snapshot, unknown={**snapshot.unknown, GUIDES: " ".join(filter(None, (before, sentence)))})
