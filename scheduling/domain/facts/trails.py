"""Trails, their closures and their conditions."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID


class Difficulty(StrEnum):
    """The difficulty of a trail, easiest first, as svc-trail-management's contract enumerates it."""

    EASY = "EASY"
    MODERATE = "MODERATE"
    DIFFICULT = "DIFFICULT"
    EXPERT = "EXPERT"
    EXTREME = "EXTREME"

    @cached_property
    def rank(self) -> int:
        return list(Difficulty).index(self)


class TrailCondition(StrEnum):
    """The condition of a trail's ground on a date, best first."""

    EXCELLENT = "EXCELLENT"
    GOOD = "GOOD"
    FAIR = "FAIR"
    POOR = "POOR"
    CLOSED = "CLOSED"

    @cached_property
    def rank(self) -> int:
        return list(TrailCondition).index(self)


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
