"""The evidence that a plan is checked against, and the findings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple
from uuid import UUID

from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments
from scheduling.domain.facts import Guide, Region, Snapshot, Trail, Trip


class HardRule(StrEnum):
    """The hard rules of a plan, as named in findings."""

    REGION = "REGION"
    ACTIVITY = "ACTIVITY"
    ACTIVE = "ACTIVE"
    AVAILABLE = "AVAILABLE"
    AVAILABILITY_EXCEPTION = "AVAILABILITY_EXCEPTION"
    RESTRICTION = "RESTRICTION"
    HELD_BY_EMERGENCY = "HELD_BY_EMERGENCY"
    CERTIFICATION = "CERTIFICATION"
    OVERLAP = "OVERLAP"
    TURNAROUND = "TURNAROUND"
    REST = "REST"
    TEAM_SIZE = "TEAM_SIZE"
    ONE_LEAD = "ONE_LEAD"
    COVER = "COVER"
    TRAIL_OPEN = "TRAIL_OPEN"
    TRAIL_FIT = "TRAIL_FIT"
    TRAIL_GROUP_SIZE = "TRAIL_GROUP_SIZE"
    LOCATION_CAPACITY = "LOCATION_CAPACITY"
    REQUIRED_GUIDE = "REQUIRED_GUIDE"
    EXCLUDED_GUIDE = "EXCLUDED_GUIDE"
    ROOM = "ROOM"
    WEATHER = "WEATHER"
    ACCESSIBILITY = "ACCESSIBILITY"
    PINNED = "PINNED"
    STARTED = "STARTED"
    OWNERSHIP = "OWNERSHIP"
    PUBLISHED_TEAMS = "PUBLISHED_TEAMS"


@dataclass(frozen=True, slots=True)
class Finding:
    """A hard rule broken by a plan. `about` identifies what it conflicts with; `excess` is in people."""

    rule: HardRule
    departure_id: UUID | None
    message: str
    guide_id: UUID | None = None
    about: str = ""
    excess: int = 0


class Breach(NamedTuple):
    """The breach of one rule by one departure; fields as in Finding."""

    message: str
    guide_id: UUID | None = None
    about: str = ""
    excess: int = 0


@dataclass(frozen=True, slots=True)
class Engagement:
    """A departure that occupies a guide; `day` is its schedule date."""

    departure_id: UUID
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A hazard in force, which closes trails and holds guides."""

    description: str
    starts_at: datetime
    ends_at: datetime
    closed_trails: frozenset[UUID] = frozenset()
    held_guides: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class RequestTerms:
    """The terms of a schedule request for the departure that serves it.

    `joining` guests are added to the departure's. `largest_group` is in guests; None: limited by the seats only.
    """

    joining: int
    required: frozenset[UUID] = frozenset()
    excluded: frozenset[UUID] = frozenset()
    largest_group: int | None = None
    good_weather: bool = False
    accessibility: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """The evidence that a plan of one date is checked against.

    `departures` are all of the date as planned, `before` as they were, `elsewhere` concurrent ones of other dates.
    `engagements` are those of each guide, with these departures; `entered` are the guides' entries by date;
    `terms` are those of the request that is served, if there is one. `led_from` has the departures and `fullest`
    the most people at once of each base camp.
    """

    day: date
    snapshot: Snapshot
    departures: Mapping[UUID, Departure]
    before: Mapping[UUID, Departure] = field(default_factory=dict)
    elsewhere: Sequence[Departure] = ()
    engagements: Mapping[UUID, Sequence[Engagement]] = field(default_factory=dict)
    entered: Mapping[date, Mapping[UUID, GuideAdjustments]] = field(default_factory=dict)
    holds: Sequence[Hold] = ()
    terms: RequestTerms | None = None
    led_from: Mapping[UUID, Sequence[tuple[UUID | None, Departure]]] = field(init=False)
    fullest: Mapping[UUID, int] = field(init=False)

    def __post_init__(self) -> None:
        """Index the departures by base camp once: a large day looks them up a thousand times."""
        led_from: dict[UUID, list[tuple[UUID | None, Departure]]] = defaultdict(list)
        for key, departure in (*self.departures.items(), *((None, departure) for departure in self.elsewhere)):
            if departure.location_id and departure.team and departure.status != DepartureStatus.CANCELLED:
                led_from[departure.location_id].append((key, departure))
        fullest = {camp: most_at_once(departure for _, departure in led) for camp, led in led_from.items()}
        object.__setattr__(self, "led_from", led_from)
        object.__setattr__(self, "fullest", fullest)


@dataclass(frozen=True)
class CheckedDeparture:
    """A staffed departure under check, with the evidence. What several checks ask of it is looked up once."""

    id: UUID
    departure: Departure
    evidence: Evidence

    @cached_property
    def days(self) -> tuple[date, ...]:
        zone = self.region.timezone if self.region else self.departure.starts_at.tzinfo
        return dates_of(self.departure, zone)

    @property
    def guests(self) -> int:
        terms = self.evidence.terms
        return self.departure.participants + (terms.joining if terms else 0)

    @cached_property
    def region(self) -> Region | None:
        return self.evidence.snapshot.regions.get(self.departure.region_id)

    @cached_property
    def trip(self) -> Trip | None:
        return self.evidence.snapshot.trips.get(self.departure.trip_id)

    @cached_property
    def trail(self) -> Trail | None:
        trail_id = self.departure.trail_id
        return self.evidence.snapshot.trails.get(trail_id) if trail_id else None

    @cached_property
    def guides(self) -> tuple[Guide, ...]:
        """The members of the team who are in the snapshot."""
        known = (self.evidence.snapshot.guides.get(member.guide_id) for member in self.departure.team)
        return tuple(guide for guide in known if guide is not None)

    @cached_property
    def _entries(self) -> list[Mapping[UUID, GuideAdjustments]]:
        """What guides entered for the dates of the departure, as far as somebody did."""
        by_date = (self.evidence.entered.get(day) for day in self.days)
        return [entries for entries in by_date if entries]

    def entered_by(self, guide_id: UUID) -> list[GuideAdjustments]:
        """Return the guide's entries on the dates of the departure."""
        return [entries[guide_id] for entries in self._entries if guide_id in entries]

    def meets(self, starts_at: datetime, ends_at: datetime) -> bool:
        return starts_at < self.departure.ends_at and self.departure.starts_at < ends_at


def most_at_once(departures: Iterable[Departure], *, since: datetime | None = None) -> int:
    """Return the maximum of concurrent guests, from `since` on if given.

    Spans are half-open: a departure that ends as another starts is not concurrent with it.
    """
    moves: list[tuple[datetime, int]] = []
    for departure in departures:
        leaves_at = max(departure.starts_at, since) if since else departure.starts_at
        moves += [(leaves_at, departure.participants), (departure.ends_at, -departure.participants)]
    return max(accumulate((change for _, change in sorted(moves)), initial=0))


def dates_of(departure: Departure, zone: tzinfo | None) -> tuple[date, ...]:
    """Return the dates of the departure in the time zone of its region."""
    first = departure.starts_at.astimezone(zone).date()
    last = (departure.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return tuple(first + timedelta(days=n) for n in range(max(0, (last - first).days) + 1))
