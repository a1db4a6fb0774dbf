"""What the board of a date shows, in the order and in the words in which it does."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from novatrek_scheduling.console.board.fragility import Fragility, stored_fragility
from novatrek_scheduling.console.board.guides import RegionGuides, guides_by_region
from novatrek_scheduling.console.board.rows import BoardRow, RegionRows, name_of, rows_by_region
from novatrek_scheduling.console.board.siblings_view import siblings_view
from novatrek_scheduling.console.board.tiles import Tiles, tiles_of
from novatrek_scheduling.console.states import states_of
from scheduling.daily_schedules.decision_facts import recent_work
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.selectors import departures_under_way
from scheduling.daily_schedules.surroundings import entries_of
from scheduling.domain.document import Departure
from scheduling.domain.facts import Region, Snapshot, Span
from scheduling.domain.limits import ONE_DAY
from scheduling.hazards import hazards_in_force

NOON = time(12)


@dataclass(frozen=True, slots=True)
class RegionChoice:
    """A region by which the board may be filtered."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Board:
    """A date at a revision (0: nothing is planned yet) as it was at `now`, in every region or in one."""

    day: date
    now: datetime
    rev: int
    region_id: UUID | None
    choices: tuple[RegionChoice, ...]
    regions: tuple[RegionRows, ...]
    guides: tuple[RegionGuides, ...]
    tiles: Tiles
    fragility: Fragility | None
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


def read_board(day: date, region_id: UUID | None, now: datetime) -> Board:
    """Return the board of a date at `now` (aware), of all regions or of one."""
    draft = read_drafts([day])[day]
    document = draft.document
    scheduled = _out_since(day) | {key: (day, departure) for key, departure in document.departures.items()}
    everywhere = frozenset(departure.region_id for _day, departure in scheduled.values())
    shown = {key: found for key, found in scheduled.items() if region_id in {None, found[1].region_id}}
    departures = {key: departure for key, (_day, departure) in shown.items()}
    region_ids = everywhere if region_id is None else frozenset({region_id})
    trail_ids = {departure.trail_id for departure in departures.values() if departure.trail_id}
    snapshot = siblings_view(day, region_ids, trail_ids)
    states = states_of(day, departures, now, snapshot)
    regions = rows_by_region(day, shown, states, snapshot.regions)
    in_order = tuple(sorted(region_ids, key=lambda key: (name_of(key, snapshot.regions), key)))
    guide_ids = snapshot.guides.keys() | {guide for departure in departures.values() for guide in departure.guide_ids}
    guides = guides_by_region(
        day, departures.values(), snapshot, entries_of(document, day), recent_work(guide_ids, day), in_order
    )
    rows = [row for region in regions for row in region.rows]
    return Board(
        day=day,
        now=now,
        rev=draft.rev,
        region_id=region_id,
        choices=_choices(everywhere, snapshot),
        regions=regions,
        guides=guides,
        tiles=tiles_of(day, rows, guides, snapshot, hazards_in_force(_anywhere(day, now)), in_order),
        fragility=stored_fragility(day, draft.rev),
        zones=dict(snapshot.regions),
    )


def _out_since(day: date) -> dict[UUID, tuple[date, Departure]]:
    """Return the departures of earlier dates that are still out, with their dates."""
    return {
        UUID(item["key"]): (schedule.schedule_date, Departure.model_validate(item["value"]))
        for schedule in departures_under_way(day, {})
        for item in schedule.matching_departures  # type: ignore[attr-defined]
    }


def _anywhere(day: date, now: datetime) -> Span:
    """The date by the clocks of any region."""
    noon = datetime.combine(day, NOON, now.tzinfo)
    return Span(noon - timedelta(days=1), noon + timedelta(days=1))


def _choices(region_ids: Collection[UUID], snapshot: Snapshot) -> tuple[RegionChoice, ...]:
    known = region_ids | snapshot.regions.keys()
    choices = (RegionChoice(key, name_of(key, snapshot.regions)) for key in known)
    return tuple(sorted(choices, key=lambda choice: (choice.name, choice.id)))
