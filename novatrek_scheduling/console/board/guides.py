"""Who is on duty, free and away on a date, with their hours against the mean of their region."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from novatrek_scheduling.console.board.rows import name_of
from optimization.candidates.workload import Workload, hours_led, workloads
from scheduling.daily_schedules.decision_facts import RecentWork
from scheduling.domain.document import AvailabilityException, Departure, GuideAdjustments
from scheduling.domain.facts import Guide, Region, Snapshot, Span
from scheduling.domain.limits import REST
from scheduling.domain.local_time import span_of_day


class Standing(StrEnum):
    """What a guide does on a date, in the order of the board."""

    ON_DUTY = "on"
    FREE = "free"
    UNKNOWN = "unknown"
    AWAY = "away"

    @property
    def word(self) -> str | Promise:
        return _STANDING_WORDS[self]


_ORDER = {standing: order for order, standing in enumerate(Standing)}
_STANDING_WORDS = {
    Standing.ON_DUTY: _("on duty"),
    Standing.FREE: _("free"),
    Standing.UNKNOWN: _("not known whether available"),
    Standing.AWAY: _("away"),
}


@dataclass(frozen=True, slots=True)
class GuideRow:
    """A guide on a date. `rest_until` is the end of the rest after earlier dates.

    `workload` is unknown of those without a home region.
    `absences` are parts of the date, or more; why a guide is away is not told here.
    """

    id: UUID
    name: str
    standing: Standing
    workload: Workload | None
    absences: tuple[Span, ...]
    rest_until: datetime | None

    @property
    def above_mean(self) -> int:
        """The hours above the mean of the region, in whole hours."""
        return round(self.workload.above_mean) if self.workload else 0


@dataclass(frozen=True, slots=True)
class RegionGuides:
    """The guides whose home a region is, and those who lead there: on duty first, then by name."""

    id: UUID
    name: str
    guides: tuple[GuideRow, ...]

    def those(self, standing: Standing) -> tuple[GuideRow, ...]:
        return tuple(guide for guide in self.guides if guide.standing is standing)

    @property
    def on_duty(self) -> tuple[GuideRow, ...]:
        return self.those(Standing.ON_DUTY)

    @property
    def free(self) -> tuple[GuideRow, ...]:
        return self.those(Standing.FREE)

    @property
    def away(self) -> tuple[GuideRow, ...]:
        return self.those(Standing.AWAY)


def guides_by_region(
    day: date,
    departures: Iterable[Departure],
    snapshot: Snapshot,
    entries: Mapping[UUID, GuideAdjustments],
    recent: Mapping[UUID, RecentWork],
    region_ids: Iterable[UUID],
) -> tuple[RegionGuides, ...]:
    """Return the guides of these regions by name; `departures` are those under way on the date."""
    going = [departure for departure in departures if not departure.is_cancelled]
    led, leading = hours_led(going), _leading(going)
    names = {m.guide_id: m.guide_name for departure in going for m in departure.team}
    found, shown = [], sorted(frozenset(region_ids))
    homes = [snapshot.regions[key] for key in shown if key in snapshot.regions]
    rows_in = {guide: _row_region(snapshot.guides.get(guide), regions, homes) for guide, regions in leading.items()}
    for region_id in shown:
        region = snapshot.regions.get(region_id)
        at_home = _at_home(region, snapshot)
        loads = workloads(at_home.keys(), {key: work.hours for key, work in recent.items()}, led)
        here = at_home.keys() | {guide for guide, region in rows_in.items() if region == region_id}
        rows = [
            GuideRow(
                id=key,
                name=snapshot.guides[key].name if key in snapshot.guides else names[key],
                standing=_standing(key, day, key in leading, snapshot, entries.get(key), region),
                workload=loads.get(key),
                absences=tuple(_absences(entries.get(key), day, region)),
                rest_until=recent[key].ends_at + REST if key in recent else None,
            )
            for key in here
        ]
        rows.sort(key=lambda row: (_ORDER[row.standing], row.name, row.id))
        found.append(RegionGuides(region_id, name_of(region_id, snapshot.regions), tuple(rows)))
    return tuple(sorted(found, key=lambda region: (region.name, region.id)))


def _at_home(region: Region | None, snapshot: Snapshot) -> dict[UUID, Guide]:
    if region is None:
        return {}
    guides = snapshot.guides.values()
    return {guide.id: guide for guide in guides if guide.is_active and guide.is_at_home_in(region)}


def _leading(going: Iterable[Departure]) -> dict[UUID, set[UUID]]:
    """Return the regions in which each guide on duty leads."""
    leading: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for departure in going:
        for guide in departure.guide_ids:
            leading[guide].add(departure.region_id)
    return dict(leading)


def _row_region(guide: Guide | None, leads_in: set[UUID], homes: Iterable[Region]) -> UUID:
    """Return the region where a guide on duty has the row: at home where that is shown, else where the guide leads."""
    home = next((region.id for region in homes if guide and guide.is_active and guide.is_at_home_in(region)), None)
    return home or min(leads_in)


def _standing(
    guide_id: UUID,
    day: date,
    is_leading: bool,
    snapshot: Snapshot,
    entries: GuideAdjustments | None,
    region: Region | None,
) -> Standing:
    if is_leading:
        return Standing.ON_DUTY
    if day not in snapshot.available:
        return Standing.UNKNOWN
    is_away = guide_id not in snapshot.available[day] or any(
        _covers(exception, day, region) for exception in (entries.availability_exceptions if entries else ())
    )
    return Standing.AWAY if is_away else Standing.FREE


def _covers(exception: AvailabilityException, day: date, region: Region | None) -> bool:
    """Return whether the absence lasts the whole of the date; a part of it leaves the guide free for the rest."""
    if not isinstance(exception.from_, datetime) and not isinstance(exception.to, datetime):
        return exception.from_ <= day <= exception.to
    whole = span_of_day(day, region.timezone) if region else None
    absent = _span(exception, region)
    return bool(whole and absent and absent.starts_at <= whole.starts_at and whole.ends_at <= absent.ends_at)


def _absences(entries: GuideAdjustments | None, day: date, region: Region | None) -> Iterable[Span]:
    if entries is None or region is None:
        return
    whole = span_of_day(day, region.timezone)
    for exception in entries.availability_exceptions:
        span = _span(exception, region)
        if span and span.overlaps(whole):
            yield span


def _span(exception: AvailabilityException, region: Region | None) -> Span | None:
    """Return an absence as a span of the region's clocks; whole days are from midnight to midnight."""
    if region is None:
        return None
    starts_at, ends_at = exception.from_, exception.to
    if not isinstance(starts_at, datetime):
        starts_at = span_of_day(starts_at, region.timezone).starts_at
    if not isinstance(ends_at, datetime):
        ends_at = span_of_day(ends_at, region.timezone).ends_at
    return Span(starts_at, ends_at)
