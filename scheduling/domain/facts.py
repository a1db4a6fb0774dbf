"""The siblings' facts as decisions use them: immutable, in this service's terms and units, with times in UTC.

`scheduling.siblings` reads them, `scheduling.domain.normalization` translates the siblings' spellings into the
values here, and `scheduling.rules` and `optimization` decide on them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo


def slug_of(name: str) -> str:
    """Return a region's name as guides' `region_ids` spell it: "pacific_northwest" for "Pacific Northwest"."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


class Sibling(StrEnum):
    """The neighbouring services, by their service names."""

    TRIP_CATALOG = "svc-trip-catalog"
    GUIDE_MANAGEMENT = "svc-guide-management"
    TRAIL_MANAGEMENT = "svc-trail-management"
    WEATHER = "svc-weather"
    LOCATION_SERVICES = "svc-location-services"
    NOTIFICATIONS = "svc-notifications"
    ANALYTICS = "svc-analytics"


class Difficulty(StrEnum):
    """The difficulty of a trail, easiest first, as svc-trail-management's contract enumerates it."""

    EASY = "EASY"
    MODERATE = "MODERATE"
    DIFFICULT = "DIFFICULT"
    EXPERT = "EXPERT"
    EXTREME = "EXTREME"

    @property
    def rank(self) -> int:
        return list(Difficulty).index(self)


class TrailCondition(StrEnum):
    """The condition of a trail's ground on a date, best first."""

    EXCELLENT = "EXCELLENT"
    GOOD = "GOOD"
    FAIR = "FAIR"
    POOR = "POOR"
    CLOSED = "CLOSED"

    @property
    def rank(self) -> int:
        return list(TrailCondition).index(self)


class WeatherOutlook(StrEnum):
    """The expected weather of a date, best first."""

    CLEAR = "CLEAR"
    PARTLY_CLOUDY = "PARTLY_CLOUDY"
    OVERCAST = "OVERCAST"
    RAIN_LIKELY = "RAIN_LIKELY"
    STORM_WARNING = "STORM_WARNING"


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open interval from `starts_at` up to, not including, `ends_at`; both aware."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    @property
    def duration(self) -> timedelta:
        """The elapsed time. Computed in UTC: within one ZoneInfo, Python subtracts wall-clock times."""
        return self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC)

    def widened(self, by: timedelta) -> "Span":
        """Return the span extended by `by` of elapsed time at either end, in UTC."""
        return Span(self.starts_at.astimezone(UTC) - by, self.ends_at.astimezone(UTC) + by)


def local_dates(span: Span) -> tuple[date, date]:
    """Return the first and the last date of `span`, each by its own UTC offset: clocks may change in between."""
    return span.starts_at.date(), (span.ends_at - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A place on the earth, in degrees; north and east are positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Region:
    id: UUID
    name: str
    timezone: ZoneInfo
    weather_station_id: str | None
    coordinates: Coordinates | None = None

    @property
    def slug(self) -> str:
        """The spelling that guides' `region_ids` use beside the id."""
        return slug_of(self.name)


@dataclass(frozen=True, slots=True)
class Trip:
    id: UUID
    name: str
    activity_type: str
    difficulty: Difficulty
    region_id: UUID
    duration: timedelta
    min_participants: int
    max_participants: int
    is_active: bool
    required_certifications: frozenset[str]
    age_minimum: int


@dataclass(frozen=True, slots=True)
class CatalogDeparture:
    """A dated run of a trip as the catalog sells it. `departure_time` is the region's local time, HH:MM."""

    id: UUID
    trip_id: UUID
    day: date
    departure_time: str
    total_spots: int
    available_spots: int
    is_cancelled: bool
    language: str | None = None

    @property
    def sold_spots(self) -> int:
        return max(0, self.total_spots - self.available_spots)


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide's profile. `certifications` and `activities` are normalised by `scheduling.domain.normalization`.

    `region_ids` has the home region first; `max_group_size` is in guests.
    """

    id: UUID
    name: str
    region_ids: tuple[str, ...]
    certifications: frozenset[str]
    activities: frozenset[str]
    is_active: bool
    status: str
    max_group_size: int
    years_experience: int | None
    average_rating: float | None
    languages: frozenset[str]

    def works_in(self, region: Region) -> bool:
        return str(region.id) in self.region_ids or region.slug in self.region_ids

    def is_at_home_in(self, region: Region) -> bool:
        return bool(self.region_ids) and self.region_ids[0] in {str(region.id), region.slug}


@dataclass(frozen=True, slots=True)
class Certificate:
    name: str
    is_valid: bool
    expires_on: date | None
    issued_on: date | None = None

    def holds_on(self, days: Sequence[date]) -> bool:
        """Return whether it is valid on all of these dates, which are in order: from its issue to its expiry."""
        is_issued = self.issued_on is None or self.issued_on <= days[0]
        return self.is_valid and is_issued and (self.expires_on is None or self.expires_on >= days[-1])


@dataclass(frozen=True, slots=True)
class Closure:
    """A closure of a trail. `is_severe` (SEVERE or CRITICAL): the trail is not used. `ends_on` None: open-ended."""

    id: UUID
    reason: str
    starts_on: date
    ends_on: date | None
    is_severe: bool

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Trail:
    """A trail with its reported conditions. `surface` is None where none was reported.

    `conditions_known`: its closures, ground conditions and assessment were all requested and answered.
    `elevation_gain_m` is in metres, `max_group_size` in guests.
    """

    id: UUID
    name: str
    region_id: UUID
    activities: frozenset[str]
    difficulty: Difficulty | None
    elevation_gain_m: float | None
    max_group_size: int | None
    status: str
    is_year_round: bool
    opens_on: date | None
    open_until: date | None
    closures: tuple[Closure, ...] = ()
    surface: str | None = None
    assessment: TrailCondition | None = None
    water_crossings_passable: bool | None = None
    conditions_known: bool = True


@dataclass(frozen=True, slots=True)
class WeatherAlert:
    """`severity` is svc-weather's: ADVISORY, WATCH, WARNING or EMERGENCY."""

    id: UUID
    region_id: UUID
    severity: str
    title: str
    span: Span
    trail_ids: frozenset[UUID]
    is_active: bool


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of a location on a day of the week, Monday being 0: HH:MM local time.

    What closes no later than it opens closes on the next day.
    """

    weekday: int
    opens_at: str
    closes_at: str


@dataclass(frozen=True, slots=True)
class Location:
    """The base camp that a region's departures leave from. `max_capacity` is in people; None where unknown.

    Without `opening_hours` they are unknown; with some, it is closed on days of the week that they do not name.
    """

    id: UUID
    region_id: UUID
    max_capacity: int | None
    coordinates: Coordinates | None = None
    opening_hours: tuple[OpeningHours, ...] = ()


class RecordKind(StrEnum):
    """The kinds of records that are named where they are unknown; those of CERTIFICATES by the id of their guide."""

    REGION = "region"
    TRIP = "trip"
    DEPARTURE = "departure"
    GUIDE = "guide"
    TRAIL = "trail"
    BASE_CAMP = "base camp"
    FORECAST = "forecast"
    CERTIFICATES = "certificates"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that breaks the contract of its sibling: what it says is unknown, it is not gone.

    `id` is None where it cannot be read either.
    """

    sibling: Sibling
    kind: RecordKind
    id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The immutable picture of the siblings' facts for some dates and regions.

    `unknown` maps each sibling that did not answer to a sentence on what is unknown because of it. `read_at` is the
    time at which the oldest response of each sibling in the snapshot was read. `available` also covers the dates
    after `days` on which departures of trips of several days are still under way. `unread_weather` are the regions of
    which a forecast or an alert is unknown. `left_out` has the records that are
    unknown because they break the contract of a sibling that did answer. Facts about safety were all read after
    `safety_since`, if it is set; the oldest of them at `safety_read_at`. Guides of one name have what tells them apart
    in theirs; that all namesakes are known is sure with `lists_all_guides` only.
    """

    taken_at: datetime
    days: tuple[date, ...]
    regions: Mapping[UUID, Region]
    trips: Mapping[UUID, Trip]
    departures: Mapping[date, tuple[CatalogDeparture, ...]] = field(default_factory=dict)
    usual_times: Mapping[UUID, str] = field(default_factory=dict)
    guides: Mapping[UUID, Guide] = field(default_factory=dict)
    available: Mapping[date, frozenset[UUID]] = field(default_factory=dict)
    certificates: Mapping[UUID, tuple[Certificate, ...]] = field(default_factory=dict)
    availability_notes: Mapping[tuple[UUID, date], str] = field(default_factory=dict)
    trails: Mapping[UUID, Trail] = field(default_factory=dict)
    outlooks: Mapping[tuple[UUID, date], WeatherOutlook] = field(default_factory=dict)
    alerts: Mapping[UUID, tuple[WeatherAlert, ...]] = field(default_factory=dict)
    locations: Mapping[UUID, Location] = field(default_factory=dict)
    unread_weather: frozenset[UUID] = frozenset()
    unknown: Mapping[Sibling, str] = field(default_factory=dict)
    read_at: Mapping[Sibling, datetime] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    safety_since: datetime | None = None
    safety_read_at: datetime | None = None
    lists_all_guides: bool = True

    @property
    def facts_read_at(self) -> datetime:
        """The time at which the oldest fact in the snapshot was read."""
        return min(self.read_at.values(), default=self.taken_at)

    def knows(self, sibling: Sibling) -> bool:
        return sibling not in self.unknown

    def knows_weather_of(self, region_id: UUID) -> bool:
        """Return whether the forecast and all alerts of the region were read."""
        return region_id in self.alerts and region_id not in self.unread_weather

    def trails_of(self, region_id: UUID) -> tuple[Trail, ...]:
        """Return the region's trails ordered by id, so that ties are broken the same way every time."""
        trails = (trail for trail in self.trails.values() if trail.region_id == region_id)
        return tuple(sorted(trails, key=lambda trail: trail.id))

    def lacks(self, kind: RecordKind, key: UUID) -> bool:
        """Return whether the record of this id is one of those left out, or may be one whose id cannot be read."""
        ids = {record.id for record in self.left_out if record.kind is kind}
        return key in ids or (None in ids and not self._has(kind, key))

    def _has(self, kind: RecordKind, key: UUID) -> bool:
        match kind:
            case RecordKind.GUIDE:
                return key in self.guides
            case RecordKind.TRAIL:
                return key in self.trails
            case RecordKind.DEPARTURE:
                return any(listed.id == key for departures in self.departures.values() for listed in departures)
        return False
