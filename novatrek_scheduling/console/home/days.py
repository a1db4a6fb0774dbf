"""Today and tomorrow: the regions, the worst first, and the departures about which somebody has to do something.

Today is the company's day, and of a region whose clocks show another date it is that date: what is going on there now.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from conflicts.monitoring.honoured import accepted_risks_on
from novatrek_scheduling.console.board.rows import BoardRow
from novatrek_scheduling.console.days import company_day
from novatrek_scheduling.console.home.conflicts import DatedConflicts, SeverityCount, read_dated, worst_first
from novatrek_scheduling.console.open_conflicts import Matters
from novatrek_scheduling.console.states import DepartureState, states_by
from scheduling.admin.region_names import region_name
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.selectors import departures_under_way
from scheduling.domain.document import Departure
from scheduling.domain.limits import ONE_DAY

MOST_NAMED = 8
"""The departures of a date that are named; the board has all of them."""

Dated = tuple[date, Departure]
Departures = dict[UUID, Dated]


@dataclass(frozen=True, slots=True)
class RegionDay:
    """A region on its own date `day`. `out` counts the departures under way there now, since earlier dates too.

    `rows` are the departures of the date and those out since earlier ones.
    """

    id: UUID
    name: str
    day: date
    is_of_another_date: bool
    severities: tuple[SeverityCount, ...]
    rows: tuple[BoardRow, ...]
    out: int

    @property
    def of_the_date(self) -> list[Departure]:
        return [row.departure for row in self.rows if not row.is_out_since and not row.departure.is_cancelled]

    @property
    def going(self) -> int:
        return len(self.of_the_date)

    @property
    def staffed(self) -> int:
        return sum(bool(departure.team) for departure in self.of_the_date)

    @property
    def guests(self) -> int:
        return sum(departure.participants for departure in self.of_the_date)

    @property
    def to_publish(self) -> int:
        return sum(row.state.is_unpublished for row in self.rows if not row.is_out_since)

    @property
    def address(self) -> str:
        return f"{reverse('console:board')}?{urlencode({'date': self.day.isoformat(), 'region': self.id})}"

    @property
    def publishing(self) -> str:
        return reverse("console:publish", args=[self.day])

    @property
    def urgency(self) -> tuple[object, ...]:
        """The order of the regions: by their conflicts, then who lacks a guide, then what people were not told."""
        return (
            *worst_first(self.severities),
            self.staffed - self.going,
            -self.to_publish,
            self.name,
            self.id,
        )


@dataclass(frozen=True, slots=True)
class DayOverview:
    """The company's `day` in all regions, the worst first."""

    day: date
    is_today: bool
    regions: tuple[RegionDay, ...]

    @property
    def needs_you(self) -> list[BoardRow]:
        """The departures about which a person has to do something, the most urgent first."""
        rows = (row for region in self.regions for row in region.rows if row.state.needs_somebody)
        return sorted(rows, key=lambda row: row.urgency)

    @property
    def named(self) -> list[BoardRow]:
        return self.needs_you[:MOST_NAMED]

    @property
    def further(self) -> int:
        return len(self.needs_you) - len(self.named)

    @property
    def going(self) -> int:
        return sum(region.going for region in self.regions)

    @property
    def staffed(self) -> int:
        return sum(region.staffed for region in self.regions)

    @property
    def guests(self) -> int:
        return sum(region.guests for region in self.regions)

    @property
    def out(self) -> int:
        return sum(region.out for region in self.regions)

    @property
    def to_publish(self) -> int:
        return sum(region.to_publish for region in self.regions)

    @property
    def address(self) -> str:
        return f"{reverse('console:board')}?{urlencode({'date': self.day.isoformat()})}"


def read_days(now: datetime, *, with_conflicts: bool = True) -> tuple[DayOverview, DayOverview]:
    """Return today and tomorrow at `now` (aware), in five queries however many regions and departures there are."""
    today = company_day(now)
    departures = _read_departures(today)
    dates = _dates_of_regions(departures.values(), now)
    shown = {n: dict(_shown(departures, dates, timedelta(days=n), now)) for n in (0, 1)}
    conflicts, states = _read_states(shown[0] | shown[1], now, with_conflicts=with_conflicts)
    names = {region_id: region_name(region_id) for region_id in dates}

    def overview(n: int) -> DayOverview:
        ahead = timedelta(days=n)
        regions = [
            _region(key, names[key], dates[key] + ahead, today + ahead, shown[n], states, conflicts, now)
            for key in sorted(dates)
        ]
        planned = (region for region in regions if region.rows or region.severities)
        return DayOverview(today + ahead, n == 0, tuple(sorted(planned, key=lambda region: region.urgency)))

    return overview(0), overview(1)


def _read_departures(today: date) -> Departures:
    """Read the departures of the dates that are today or tomorrow somewhere, and those out since earlier ones."""
    first = today - ONE_DAY
    drafts = read_drafts(first + timedelta(days=n) for n in range(4))
    out = {
        UUID(item["key"]): (schedule.schedule_date, Departure.model_validate(item["value"]))
        for schedule in departures_under_way(first, {})
        for item in schedule.matching_departures  # type: ignore[attr-defined]
    }
    return out | {
        key: (day, departure) for day, draft in drafts.items() for key, departure in draft.document.departures.items()
    }


def _dates_of_regions(departures: Iterable[Dated], now: datetime) -> dict[UUID, date]:
    """Return the date that the clocks of each region show: departures are stored by them."""
    return {departure.region_id: now.astimezone(departure.starts_at.tzinfo).date() for _day, departure in departures}


def _shown(
    departures: Departures, dates: Mapping[UUID, date], ahead: timedelta, now: datetime
) -> Iterator[tuple[UUID, Dated]]:
    """Yield the departures of the regions' dates, for today also those that began on an earlier one and are out."""
    for key, (day, departure) in departures.items():
        is_out_since = not ahead and day < dates[departure.region_id] and _is_out(departure, now)
        if day == dates[departure.region_id] + ahead or is_out_since:
            yield key, (day, departure)


def _is_out(departure: Departure, now: datetime) -> bool:
    return bool(departure.team) and not departure.is_cancelled and departure.starts_at <= now < departure.ends_at


def _read_states(
    shown: Departures, now: datetime, *, with_conflicts: bool
) -> tuple[DatedConflicts, dict[UUID, DepartureState]]:
    days = {day for day, _departure in shown.values()}
    read = with_conflicts and days
    conflicts = read_dated(days) if read else DatedConflicts()
    risks = accepted_risks_on(min(days), max(days)) if read else []
    departures = {key: departure for key, (_day, departure) in shown.items()}
    return conflicts, states_by(Matters(conflicts.all, tuple(risks)), company_day(now), departures, now)


def _region(
    region_id: UUID,
    name: str,
    day: date,
    company_date: date,
    shown: Departures,
    states: Mapping[UUID, DepartureState],
    conflicts: DatedConflicts,
    now: datetime,
) -> RegionDay:
    rows = tuple(
        BoardRow(key, scheduled, departure, states[key], name, scheduled != day)
        for key, (scheduled, departure) in shown.items()
        if departure.region_id == region_id
    )
    out = sum(_is_out(row.departure, now) for row in rows)
    return RegionDay(region_id, name, day, day != company_date, conflicts.by_severity(day, region_id), rows, out)
