"""Who is on duty, free and away on a date, with their hours against the mean of their region."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from novatrek_scheduling.console.board.absences import Absences, absences_of
from novatrek_scheduling.console.board.rows import name_of
from optimization.candidates.workload import Workload, hours_led, workloads
from scheduling.daily_schedules.decision_facts import RecentWork
from scheduling.domain.document import Departure, GuideAdjustments
from scheduling.domain.facts import Guide, Region, Snapshot
from scheduling.domain.limits import REST
from scheduling.rules import HazardFact


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
    """

    id: UUID
    name: str
    standing: Standing
    workload: Workload | None
    away: Absences
    rest_until: datetime | None

    @property
    def word(self) -> str | Promise:
        """What the guide does on the date, in words."""
        return self.away.all_day if self.standing is Standing.AWAY else self.standing.word

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
    hazards: Sequence[HazardFact] = (),
) -> tuple[RegionGuides, ...]:
    """Return the guides of these regions by name; `departures` are those under way on the date.

    `hazards` are those in force on it.
    """
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
        rows = []
        for key in here:
            away = absences_of(key, day, region, snapshot, entries.get(key), hazards)
            rows.append(
                GuideRow(
                    id=key,
                    name=snapshot.guides[key].name if key in snapshot.guides else names[key],
                    standing=_standing(day, key in leading, away, snapshot),
                    workload=loads.get(key),
                    away=away,
                    rest_until=recent[key].ends_at + REST if key in recent else None,
                )
            )
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


def _standing(day: date, is_leading: bool, away: Absences, snapshot: Snapshot) -> Standing:
    if is_leading:
        return Standing.ON_DUTY
    if away.all_day:
        return Standing.AWAY
    return Standing.FREE if day in snapshot.available else Standing.UNKNOWN
