"""What the board of a date shows, in the order and in the words in which it does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from novatrek_scheduling.console.board.guides import RegionGuides, guides_by_region
from novatrek_scheduling.console.board.hearing import silent_sources
from novatrek_scheduling.console.board.rows import BoardRow, RegionRows, name_of, rows_by_region
from novatrek_scheduling.console.board.siblings_view import siblings_view
from novatrek_scheduling.console.board.tiles import Tiles, tiles_of
from novatrek_scheduling.console.board.version import version_of
from novatrek_scheduling.console.days import anywhere
from novatrek_scheduling.console.open_conflicts import Matters, matters_of
from novatrek_scheduling.console.states import states_by
from novatrek_scheduling.console.visitors import Visitor, editors_of
from scheduling.daily_schedules.decision_facts import recent_work
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.daily_schedules.selectors import departures_under_way, revisions_shown_on
from scheduling.daily_schedules.surroundings import entries_of
from scheduling.domain.document import Departure
from scheduling.domain.facts import Region, Snapshot
from scheduling.domain.limits import ONE_DAY
from scheduling.hazards import hazards_in_force
from scheduling.models import DailySchedule


@dataclass(frozen=True, slots=True)
class RegionChoice:
    """A region by which the board may be filtered."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Board:
    """A date at a revision (0: nothing is planned yet) as it was at `now`, in every region or in one.

    `version` differs once something that is shown has changed.
    """

    day: date
    now: datetime
    rev: int
    version: str
    region_id: UUID | None
    choices: tuple[RegionChoice, ...]
    regions: tuple[RegionRows, ...]
    guides: tuple[RegionGuides, ...]
    tiles: Tiles
    zones: dict[UUID, Region]

    @property
    def day_before(self) -> date:
        return self.day - ONE_DAY

    @property
    def day_after(self) -> date:
        return self.day + ONE_DAY

    @property
    def rows(self) -> tuple[BoardRow, ...]:
        return tuple(row for region in self.regions for row in region.rows)

    @property
    def needs_you(self) -> list[BoardRow]:
        """The departures about which a person has to do something now, the most urgent first."""
        return sorted((row for row in self.rows if row.state.needs_somebody), key=lambda row: row.urgency)

    @property
    def to_publish(self) -> int:
        """How many departures differ from what people were told."""
        return sum(row.state.is_unpublished for row in self.rows)

    @property
    def is_of_several_clocks(self) -> bool:
        """Whether the regions that are shown do not have one time: hours are those of each departure's own clocks."""
        return len({region.zone for region in self.regions}) > 1


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is ours about a date: its document, the departures still out since earlier ones, and who edits what."""

    draft: Draft
    out: Sequence[DailySchedule]
    matters: Matters
    editors: Mapping[UUID, Sequence[Visitor]]

    @classmethod
    def read(cls, day: date, viewer: str) -> "_Plan":
        """Read it in four queries."""
        editors = editors_of(day, besides=viewer)
        return cls(read_drafts([day])[day], departures_under_way(day, {}), matters_of(day), editors)

    def departures(self, day: date) -> dict[UUID, tuple[date, Departure]]:
        """Return the departures with their schedule dates."""
        out = {
            UUID(item["key"]): (schedule.schedule_date, Departure.model_validate(item["value"]))
            for schedule in self.out
            for item in schedule.matching_departures  # type: ignore[attr-defined]
        }
        return out | {key: (day, departure) for key, departure in self.draft.document.departures.items()}

    def version(self, now: datetime) -> str:
        revisions = [*(schedule.rev for schedule in self.out), *filter(None, [self.draft.rev])]
        return version_of(revisions, self.matters, self.editors, now)


def board_version(day: date, now: datetime, viewer: str) -> str:
    """Return the version that the board of a date would have now: three queries, no document, none of the siblings."""
    return version_of(revisions_shown_on(day), matters_of(day), editors_of(day, besides=viewer), now)


def read_board(day: date, region_id: UUID | None, now: datetime, viewer: str) -> Board:
    """Return the board of a date at `now` (aware), of all regions or of one, as `viewer` sees it."""
    plan = _Plan.read(day, viewer)
    scheduled = plan.departures(day)
    everywhere = frozenset(departure.region_id for _day, departure in scheduled.values())
    shown = {key: found for key, found in scheduled.items() if region_id in {None, found[1].region_id}}
    departures = {key: departure for key, (_day, departure) in shown.items()}
    region_ids = everywhere if region_id is None else frozenset({region_id})
    trail_ids = {departure.trail_id for departure in departures.values() if departure.trail_id}
    snapshot = siblings_view(day, region_ids, trail_ids)
    states = states_by(plan.matters, day, departures, now, snapshot, plan.editors)
    regions = rows_by_region(day, shown, states, snapshot.regions)
    in_order = tuple(sorted(region_ids, key=lambda key: (name_of(key, snapshot.regions), key)))
    guide_ids = snapshot.guides.keys() | {guide for departure in departures.values() for guide in departure.guide_ids}
    entries, recent = entries_of(plan.draft.document, day), recent_work(guide_ids, day)
    hazards = hazards_in_force(anywhere(day))
    guides = guides_by_region(day, departures.values(), snapshot, entries, recent, in_order, hazards)
    rows = [row for region in regions for row in region.rows]
    silent = silent_sources(snapshot)
    return Board(
        day=day,
        now=now,
        rev=plan.draft.rev,
        version=plan.version(now),
        region_id=region_id,
        choices=_choices(everywhere, snapshot),
        regions=regions,
        guides=guides,
        tiles=tiles_of(day, rows, guides, snapshot, hazards, in_order, silent),
        zones=dict(snapshot.regions),
    )


def _choices(region_ids: Collection[UUID], snapshot: Snapshot) -> tuple[RegionChoice, ...]:
    known = region_ids | snapshot.regions.keys()
    choices = (RegionChoice(key, name_of(key, snapshot.regions)) for key in known)
    return tuple(sorted(choices, key=lambda choice: (choice.name, choice.id)))
