"""Solutions, as immutable values: plans, their objectives, and the reasons for which a departure has no team.

Scores and losses are whole thousandths of a perfect pairing, people are counted in heads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class PlanStatus(StrEnum):
    """The quality of a plan: proven optimal, best found within the time limit, or built by the greedy heuristic."""

    PROVEN = "PROVEN"
    BEST_FOUND = "BEST_FOUND"
    GREEDY = "GREEDY"


class UnstaffedReason(StrEnum):
    """The reason for which a departure has no team, or cannot have a given one; the first that applies."""

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
    """Objectives (lexicographic) of a plan.

    `guests` (maximised) is the weight of the staffed departures, `kept` (maximised) the number of pairs kept from
    the current plan, `loss` (minimised) the sum of `EligiblePair.loss` over the chosen pairs.
    """

    guests: int
    kept: int
    loss: int


@dataclass(frozen=True, slots=True)
class Team:
    """The guides of a departure, the lead first, the others by score."""

    departure_id: UUID
    guide_ids: tuple[UUID, ...]

    @property
    def lead(self) -> UUID:
        return self.guide_ids[0]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The solution of a day problem; every departure is in `teams` or in `unstaffed`, both in order of id.

    `bounds` are dual bounds, each given the objectives before it; equal to `objectives` in a proven plan. `gap` is
    the relative gap of the weighted objective, 0 if proven. `error` is the failure that stopped the solver, empty
    if there was none. `moved` are the reassigned guides, by id. `variables` and `rows` are the models' sizes.
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
    _guides: Mapping[UUID, tuple[UUID, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_guides", {team.departure_id: team.guide_ids for team in self.teams})

    def __iter__(self) -> Iterator[Team]:
        return iter(self.teams)

    def team_of(self, departure_id: UUID) -> tuple[UUID, ...]:
        """Return the guides of a departure, the lead first; empty if unstaffed."""
        return self._guides.get(departure_id, ())


@dataclass(frozen=True, slots=True)
class OptionSolution:
    """The best team of one option, the lead first; without one, `guide_ids` is empty and `reason` is set."""

    day: date
    departure_id: UUID
    guide_ids: tuple[UUID, ...]
    loss: int
    reason: UnstaffedReason | None = None


@dataclass(frozen=True, slots=True)
class RequestSolution:
    """The solution of a request problem, in the order of the problem's options."""

    options: tuple[OptionSolution, ...]
    status: PlanStatus
    variables: int
    rows: int
    error: str = ""
    solve_seconds: float = field(default=0.0, compare=False)
