"""What the solver answers, as immutable values: plans, their objectives and why a departure has no team.

Scores and losses are whole thousandths, people are counted in heads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class PlanStatus(StrEnum):
    """How good a plan is known to be."""

    PROVEN = "PROVEN"
    BEST_FOUND = "BEST_FOUND"
    GREEDY = "GREEDY"


class UnstaffedReason(StrEnum):
    """Why a departure has no team, or cannot have the one asked for; the first that applies."""

    NO_CANDIDATE = "NO_CANDIDATE"
    PINNED_GUIDE_UNAVAILABLE = "PINNED_GUIDE_UNAVAILABLE"
    REQUIRED_GUIDE_UNAVAILABLE = "REQUIRED_GUIDE_UNAVAILABLE"
    TEAM_TOO_LARGE = "TEAM_TOO_LARGE"
    NOBODY_CAN_LEAD = "NOBODY_CAN_LEAD"
    GROUP_NOT_COVERED = "GROUP_NOT_COVERED"
    LOCATION_FULL = "LOCATION_FULL"
    GUIDES_NEEDED_ELSEWHERE = "GUIDES_NEEDED_ELSEWHERE"
    PINNED_GUIDES_IN_THE_WAY = "PINNED_GUIDES_IN_THE_WAY"
    CHANGE_BUDGET_SPENT = "CHANGE_BUDGET_SPENT"


class Objectives(NamedTuple):
    """The three figures of a plan in the order in which they count.

    `guests` (more is better) is the weight of the staffed departures, `kept` (more is better) the pairs kept
    from the current plan, `loss` (less is better) what the chosen pairs fall short of perfection, prices
    included.
    """

    guests: int
    kept: int
    loss: int

    def is_better_than(self, other: "Objectives") -> bool:
        return (-self.guests, -self.kept, self.loss) < (-other.guests, -other.kept, other.loss)


@dataclass(frozen=True, slots=True)
class Team:
    """Who goes, the lead first, the others by score."""

    departure_id: UUID
    guide_ids: tuple[UUID, ...]

    @property
    def lead(self) -> UUID:
        return self.guide_ids[0]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The answer to a day problem; every departure is in `teams` or in `unstaffed`, both in order of id.

    `bounds` are the best objectives that could not be excluded: equal to `objectives` in a proven plan, and each
    given the objectives before it. `gap` is the weighted objective's distance to its bound, relative, 0 if
    proven. `error` is what stopped the solver, empty if nothing did. `moved` are the guides whose departures
    are others than in the current plan, by id.
    """

    teams: tuple[Team, ...]
    unstaffed: Mapping[UUID, UnstaffedReason]
    status: PlanStatus
    objectives: Objectives
    bounds: Objectives
    gap: float
    variables: int
    rows: int
    error: str = ""
    moved: tuple[UUID, ...] = ()
    solve_seconds: float = field(default=0.0, compare=False)

    def __iter__(self) -> Iterator[Team]:
        return iter(self.teams)

    def team_of(self, departure_id: UUID) -> tuple[UUID, ...]:
        """The guides of a departure, the lead first; empty if unstaffed."""
        return next((team.guide_ids for team in self.teams if team.departure_id == departure_id), ())


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """The best team of a date, or why there is none."""

    day: date
    departure_id: UUID
    guide_ids: tuple[UUID, ...]
    loss: int
    reason: UnstaffedReason | None = None


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """The answers in the order of the problem's options."""

    answers: tuple[RequestAnswer, ...]
    status: PlanStatus
    variables: int
    rows: int
    error: str = ""
    solve_seconds: float = field(default=0.0, compare=False)
