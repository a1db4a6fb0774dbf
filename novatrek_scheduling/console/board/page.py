"""What the board of a date shows, in the order and in the words in which it does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from novatrek_scheduling.console.states import DepartureState, states_of
from scheduling.admin.formatting import times_text
from scheduling.admin.region_names import region_name
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.document import Departure
from scheduling.domain.text import team_text

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A departure as a row of the table."""

    id: UUID
    times: str
    name: str
    team: str
    why_nobody: str
    guests: int
    capacity: int
    state: DepartureState


@dataclass(frozen=True, slots=True)
class RegionRows:
    """The departures of a region, the earliest first."""

    id: UUID
    name: str
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A date at a revision (0: nothing is planned yet), in every region or in one."""

    day: date
    rev: int
    regions: tuple[RegionRows, ...]

    @property
    def day_before(self) -> date:
        return self.day - ONE_DAY

    @property
    def day_after(self) -> date:
        return self.day + ONE_DAY


def read_board(day: date, region_id: UUID | None, now: datetime) -> Board:
    """Return the board of a date at `now` (aware), of all regions or of one."""
    draft = read_drafts([day])[day]
    shown = {
        key: departure
        for key, departure in draft.document.departures.items()
        if region_id in {None, departure.region_id}
    }
    return Board(day, draft.rev, tuple(_by_region(shown, states_of(day, shown, now))))


def _by_region(departures: Mapping[UUID, Departure], states: Mapping[UUID, DepartureState]) -> Iterable[RegionRows]:
    names = {region_id: region_name(region_id) for region_id in {d.region_id for d in departures.values()}}
    for region_id in sorted(names, key=lambda key: names[key]):
        here = [(key, departure) for key, departure in departures.items() if departure.region_id == region_id]
        here.sort(key=lambda item: (item[1].starts_at, item[1].trip_name, item[0]))
        rows = tuple(_row(key, departure, states[key]) for key, departure in here)
        yield RegionRows(region_id, names[region_id], rows)


def _row(key: UUID, departure: Departure, state: DepartureState) -> BoardRow:
    return BoardRow(
        id=key,
        times=times_text(departure),
        name=departure.trip_name,
        team=team_text(departure.team),
        why_nobody=departure.unassigned_reason.message if departure.unassigned_reason else "",
        guests=departure.participants,
        capacity=departure.capacity,
        state=state,
    )
