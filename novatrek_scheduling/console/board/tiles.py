"""The tiles of the board: weather, trails, base camps, guides and the date as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from novatrek_scheduling.console.board.guides import RegionGuides, Standing
from novatrek_scheduling.console.board.hearing import Source
from novatrek_scheduling.console.board.rows import BoardRow, name_of
from optimization.days.score import Tally
from scheduling.domain.document import Departure
from scheduling.domain.facts import Sibling, Snapshot, Trail, WeatherOutlook
from scheduling.domain.local_time import span_of_day
from scheduling.rules.camp_load import CampLoad
from scheduling.rules.inputs import HazardFact
from scheduling.rules.trails import closed_because

OUTLOOKS: Mapping[WeatherOutlook | None, tuple[str, str | Promise]] = {
    WeatherOutlook.CLEAR: ("sunny", _("clear")),
    WeatherOutlook.PARTLY_CLOUDY: ("partly_cloudy_day", _("partly cloudy")),
    WeatherOutlook.OVERCAST: ("cloud", _("overcast")),
    WeatherOutlook.RAIN_LIKELY: ("rainy", _("rain likely")),
    WeatherOutlook.STORM_WARNING: ("thunderstorm", _("storm warning")),
    None: ("help", _("no forecast")),
}
TIGHT_SHARE, FULL_SHARE = 85, 100
"""From which share of a base camp's places, in per cent, it is nearly full, and full."""


@dataclass(frozen=True, slots=True)
class RegionWeather:
    region: str
    icon: str
    word: str | Promise
    alerts: tuple[str, ...]

    @property
    def is_pressing(self) -> bool:
        return bool(self.alerts) or self.icon == "thunderstorm"


@dataclass(frozen=True, slots=True)
class Trails:
    """How many trails can be used on the date, in part, and not at all; `closed_names` are those of the closed."""

    open: int
    restricted: int
    closed: int
    closed_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Camp:
    """The most people at a time of the date at the base camp of a region, and how many it takes."""

    region: str
    people: int
    places: int

    @property
    def share(self) -> int:
        return round(100 * self.people / self.places) if self.places else FULL_SHARE

    @property
    def tone(self) -> str:
        return "urgent" if self.share > FULL_SHARE else "warn" if self.share >= TIGHT_SHARE else "good"


@dataclass(frozen=True, slots=True)
class Tiles:
    """`score` is that of the plan as it stands, 0 to 100; `silent` the siblings that did not answer."""

    weather: tuple[RegionWeather, ...]
    trails: Trails
    camps: tuple[Camp, ...]
    on_duty: int
    free: int
    away: int
    unknown_guides: int
    going: int
    staffed: int
    guests: int
    served: int
    score: float
    silent: tuple[Source, ...]
    oldest_read_at: datetime | None

    @property
    def regions(self) -> tuple[tuple[RegionWeather, Camp | None], ...]:
        """The weather of each region and its base camp, where it is known."""
        camps = {camp.region: camp for camp in self.camps}
        return tuple((weather, camps.get(weather.region)) for weather in self.weather)

    @property
    def knows_trails(self) -> bool:
        return all(source.sibling is not Sibling.TRAIL_MANAGEMENT for source in self.silent)


def tiles_of(
    day: date,
    rows: Sequence[BoardRow],
    guides: Iterable[RegionGuides],
    snapshot: Snapshot,
    hazards: Sequence[HazardFact],
    region_ids: Sequence[UUID],
    silent: tuple[Source, ...],
) -> Tiles:
    """Return the tiles of a date; `rows` are the departures that are shown, those out since earlier dates too."""
    going = [row.departure for row in rows if not row.departure.is_cancelled]
    todays = [row.departure for row in rows if not row.departure.is_cancelled and not row.is_out_since]
    staffed = [departure for departure in todays if departure.team]
    standings = Counter(guide.standing for region in guides for guide in region.guides)
    return Tiles(
        weather=tuple(_weather(region_id, day, snapshot) for region_id in region_ids),
        trails=_trails(day, snapshot.trails.values(), hazards, snapshot),
        camps=tuple(_camps(region_ids, day, going, snapshot)),
        on_duty=standings[Standing.ON_DUTY],
        free=standings[Standing.FREE],
        away=standings[Standing.AWAY],
        unknown_guides=standings[Standing.UNKNOWN],
        going=len(todays),
        staffed=len(staffed),
        guests=sum(departure.participants for departure in todays),
        served=sum(departure.participants for departure in staffed),
        score=Tally.of(todays).score(1.0),
        silent=silent,
        oldest_read_at=min(snapshot.read_at.values(), default=None),
    )


def _weather(region_id: UUID, day: date, snapshot: Snapshot) -> RegionWeather:
    icon, word = OUTLOOKS[snapshot.outlooks.get((region_id, day))]
    region = snapshot.regions.get(region_id)
    whole = span_of_day(day, region.timezone) if region else None
    alerts = tuple(
        alert.title
        for alert in snapshot.alerts.get(region_id, ())
        if alert.is_active and (whole is None or alert.span.overlaps(whole))
    )
    return RegionWeather(name_of(region_id, snapshot.regions), icon, word, alerts)


def _trails(day: date, trails: Iterable[Trail], hazards: Sequence[HazardFact], snapshot: Snapshot) -> Trails:
    closed, restricted, usable = [], 0, 0
    for trail in trails:
        region = snapshot.regions.get(trail.region_id)
        if closed_because(trail, [day], span_of_day(day, region.timezone) if region else None, hazards):
            closed.append(trail.name)
        elif trail.status == "PARTIALLY_CLOSED" or any(closure.covers(day) for closure in trail.closures):
            restricted += 1
        else:
            usable += 1
    return Trails(usable, restricted, len(closed), tuple(sorted(closed)))


def _camps(region_ids: Iterable[UUID], day: date, going: Sequence[Departure], snapshot: Snapshot) -> Iterable[Camp]:
    for region_id in region_ids:
        camp, region = snapshot.locations.get(region_id), snapshot.regions.get(region_id)
        if camp is None or camp.max_capacity is None or region is None:
            continue
        people = CampLoad.of(going, camp.id).peak(span_of_day(day, region.timezone))
        yield Camp(region.name, people, camp.max_capacity)
