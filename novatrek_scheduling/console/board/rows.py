"""The departures of a date as rows of the board, by region in the order of their starts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from novatrek_scheduling.console.states import DepartureState, Phase
from scheduling.admin.formatting import NO_BREAK, team_words
from scheduling.admin.region_names import region_name
from scheduling.domain.document import Departure
from scheduling.domain.facts import Region

NO_ID = str(UUID(int=0))
ACTIONS: Mapping[Phase, str | Promise] = {
    Phase.NEEDS_GUIDE: gettext_lazy("Assign"),
    Phase.TRAIL_CLOSED: gettext_lazy("Reroute"),
    Phase.CANCELLED: gettext_lazy("Open"),
    Phase.DONE: gettext_lazy("Open"),
    Phase.OUT: gettext_lazy("Open"),
}
"""What there is to do first about a departure, where that is not to edit it."""


@dataclass(frozen=True)
class BoardRow:
    """A departure of the schedule date `day`, which is an earlier one where it is still out since then.

    Texts are made when they are first asked for, and once: a busy date has hundreds of rows.
    """

    id: UUID
    day: date
    departure: Departure
    state: DepartureState
    region_name: str
    is_out_since: bool

    @cached_property
    def times(self) -> str:
        """Return start and end by the departure's own clocks, with the dates that are not the board's."""
        starts_at = self.departure.starts_at
        ends_at = self.departure.ends_at.astimezone(starts_at.tzinfo)
        began = _moment(starts_at, with_date=self.is_out_since)
        ends = _moment(ends_at, with_date=self.is_out_since or ends_at.date() != starts_at.date())
        return _("%(began)s to %(ends)s") % {"began": began, "ends": ends}

    @property
    def start(self) -> str:
        return f"{self.departure.starts_at:%H:%M}"

    @property
    def name(self) -> str:
        return self.departure.trip_name

    @cached_property
    def team(self) -> str:
        return team_words(self.departure.team)

    @property
    def why_nobody(self) -> str:
        reason = self.departure.unassigned_reason
        return reason.message if reason and not self.departure.is_cancelled else ""

    @property
    def guests(self) -> int:
        return self.departure.participants

    @property
    def capacity(self) -> int:
        return self.departure.capacity

    @cached_property
    def address(self) -> str:
        return departures_of(self.day).replace(NO_ID, str(self.id))

    @property
    def action(self) -> str | Promise:
        return ACTIONS.get(self.state.phase, gettext_lazy("Edit"))

    @property
    def problem(self) -> str:
        """What is wrong first, in a few words, where more is to be said than the first mark does."""
        if not self.state.conflicts:
            return ""
        is_said_first = self.state.loudest is self.state.phase.look
        needs_guide = self.state.phase is Phase.NEEDS_GUIDE and not is_said_first
        return str(self.state.phase.look.word) if needs_guide else self.state.conflicts[0].cause_words

    @property
    def urgency(self) -> tuple[int, datetime, UUID]:
        """The order of what needs somebody: the worst conflict first, then the next to begin."""
        worst = self.state.worst
        return (-worst.rank if worst else 1, self.departure.starts_at, self.id)


@dataclass(frozen=True, slots=True)
class RegionRows:
    """The departures of a region, the earliest first. `zone` is what its clocks are called on the date: "PST"."""

    id: UUID
    name: str
    zone: str
    rows: tuple[BoardRow, ...]

    @property
    def going(self) -> int:
        return sum(not row.departure.is_cancelled for row in self.rows)

    @property
    def staffed(self) -> int:
        return sum(bool(row.team) and not row.departure.is_cancelled for row in self.rows)


def rows_by_region(
    day: date,
    departures: Mapping[UUID, tuple[date, Departure]],
    states: Mapping[UUID, DepartureState],
    regions: Mapping[UUID, Region],
) -> tuple[RegionRows, ...]:
    """Return the regions of these departures by name; `departures` have their schedule dates."""
    names = {region_id: name_of(region_id, regions) for region_id in {d.region_id for _day, d in departures.values()}}
    rows = [
        BoardRow(key, scheduled, departure, states[key], names[departure.region_id], scheduled != day)
        for key, (scheduled, departure) in departures.items()
    ]
    rows.sort(key=lambda row: (row.departure.starts_at, row.name, row.id))
    return tuple(
        RegionRows(
            id=region_id,
            name=names[region_id],
            zone=zone_word(day, regions.get(region_id), (row.departure for row in here)),
            rows=tuple(here),
        )
        for region_id in sorted(names, key=lambda key: (names[key], key))
        if (here := [row for row in rows if row.departure.region_id == region_id])
    )


def name_of(region_id: UUID, regions: Mapping[UUID, Region]) -> str:
    """Return the region's name as it was just read, else as the catalog last said."""
    return regions[region_id].name if region_id in regions else region_name(region_id)


def zone_word(day: date, region: Region | None, departures: Iterable[Departure]) -> str:
    """Return what the clocks of a region are called on the date; without the catalog by the offset of a departure."""
    if region is not None:
        return datetime.combine(day, time(12), region.timezone).tzname() or str(region.timezone)
    offset = next((departure.starts_at.utcoffset() for departure in departures), None)
    return _("local time") if offset is None else f"UTC{_signed(offset)}"


@lru_cache(maxsize=64)
def departures_of(day: date) -> str:
    """Return the address of the departures of a date, with `NO_ID` in the place of one."""
    return reverse("console:departure", args=[day, UUID(NO_ID)])


def _moment(moment: datetime, *, with_date: bool) -> str:
    return (date_format(moment, "MOMENT_FORMAT") if with_date else f"{moment:%H:%M}").replace(" ", NO_BREAK)


def _signed(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
