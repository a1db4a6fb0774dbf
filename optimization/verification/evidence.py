"""What a plan is judged by, and what is found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple
from uuid import UUID

from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments
from scheduling.domain.facts import Guide, Region, Snapshot, Trail, Trip


class HardRule(StrEnum):
    """What no plan of ours may break, in the words of whoever reads that one did."""

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


@dataclass(frozen=True, slots=True)
class Finding:
    """A hard rule that a plan breaks. `about` says against what, `excess` by how many people."""

    rule: HardRule
    departure_id: UUID | None
    message: str
    guide_id: UUID | None = None
    about: str = ""
    excess: int = 0


class Broken(NamedTuple):
    """What one check found on one departure."""

    message: str
    guide_id: UUID | None = None
    about: str = ""
    excess: int = 0


@dataclass(frozen=True, slots=True)
class Engagement:
    """A guide is out with a departure of a schedule date."""

    departure_id: UUID
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A hazard in force: it closes trails and keeps guides where they are."""

    description: str
    starts_at: datetime
    ends_at: datetime
    closed_trails: frozenset[UUID] = frozenset()
    held_guides: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a schedule request demands of the departure that serves it. `joining` guests come on top.

    `only` empty: anybody may lead it; `largest_group` None: as many as there are seats.
    """

    joining: int
    required: frozenset[UUID] = frozenset()
    excluded: frozenset[UUID] = frozenset()
    only: frozenset[UUID] = frozenset()
    largest_group: int | None = None
    good_weather: bool = False
    accessibility: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a plan of one date is judged by.

    `departures` are all of the date, as planned, and `before` as they were; `elsewhere` those of other dates
    that are out at the same time. `engagements` has everything each guide does, these departures included,
    and `entered` what guides entered on each date.
    """

    day: date
    snapshot: Snapshot
    departures: Mapping[UUID, Departure]
    before: Mapping[UUID, Departure] = field(default_factory=dict)
    elsewhere: Sequence[Departure] = ()
    engagements: Mapping[UUID, Sequence[Engagement]] = field(default_factory=dict)
    entered: Mapping[date, Mapping[UUID, GuideAdjustments]] = field(default_factory=dict)
    holds: Sequence[Hold] = ()
    wanted: Wanted | None = None
    led_from: Mapping[UUID, Sequence[tuple[UUID | None, Departure]]] = field(init=False)
    fullest: Mapping[UUID, int] = field(init=False)

    def __post_init__(self) -> None:
        """Sort who is led from each base camp, and how full it gets: a large day asks a thousand times."""
        led_from: dict[UUID, list[tuple[UUID | None, Departure]]] = defaultdict(list)
        for key, one in (*self.departures.items(), *((None, one) for one in self.elsewhere)):
            if one.location_id and one.team and one.status != DepartureStatus.CANCELLED:
                led_from[one.location_id].append((key, one))
        object.__setattr__(self, "led_from", led_from)
        object.__setattr__(self, "fullest", {camp: most_at_once(one for _, one in led_from[camp]) for camp in led_from})


@dataclass(frozen=True, slots=True)
class Judged:
    """A staffed departure before its judge."""

    id: UUID
    departure: Departure
    evidence: Evidence

    @property
    def days(self) -> tuple[date, ...]:
        zone = self.region.timezone if self.region else self.departure.starts_at.tzinfo
        return dates_of(self.departure, zone)

    @property
    def guests(self) -> int:
        wanted = self.evidence.wanted
        return self.departure.participants + (wanted.joining if wanted else 0)

    @property
    def region(self) -> Region | None:
        return self.evidence.snapshot.regions.get(self.departure.region_id)

    @property
    def trip(self) -> Trip | None:
        return self.evidence.snapshot.trips.get(self.departure.trip_id)

    @property
    def trail(self) -> Trail | None:
        trail_id = self.departure.trail_id
        return self.evidence.snapshot.trails.get(trail_id) if trail_id else None

    @property
    def guides(self) -> Iterator[Guide]:
        """Those of the team whom somebody knows."""
        for member in self.departure.team:
            guide = self.evidence.snapshot.guides.get(member.guide_id)
            if guide is not None:
                yield guide

    def entered_by(self, guide_id: UUID) -> list[GuideAdjustments]:
        """What the guide entered on the dates it is out on."""
        by_date = [self.evidence.entered.get(day, {}) for day in self.days]
        return [entered[guide_id] for entered in by_date if guide_id in entered]

    def meets(self, starts_at: datetime, ends_at: datetime) -> bool:
        return starts_at < self.departure.ends_at and self.departure.starts_at < ends_at


def most_at_once(departures: Iterable[Departure], *, since: datetime | None = None) -> int:
    """The most guests who are out together; who comes back at the moment another leaves is not among them.

    With `since`, from then on.
    """
    moves: list[tuple[datetime, int]] = []
    for departure in departures:
        leaves_at = max(departure.starts_at, since) if since else departure.starts_at
        moves += [(leaves_at, departure.participants), (departure.ends_at, -departure.participants)]
    return max(accumulate((change for _, change in sorted(moves)), initial=0))


def dates_of(departure: Departure, zone: tzinfo | None) -> tuple[date, ...]:
    """The dates it is out on, by the clock of its region."""
    first = departure.starts_at.astimezone(zone).date()
    last = (departure.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return tuple(first + timedelta(days=n) for n in range(max(0, (last - first).days) + 1))
