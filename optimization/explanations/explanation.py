"""The explanation of a departure, as values; `text` has the sentences, `representation` the JSON values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from optimization.candidates.scoring import ScoreParts
from optimization.candidates.workload import Workload
from optimization.solver.solution import Objectives, UnstaffedReason
from scheduling.domain.document import Departure, UnassignedReason
from scheduling.rules import Exclusion


class PlanStanding(StrEnum):
    """The state of a departure in the plan; HELD has a pinned team that is not allowed."""

    STAFFED = "STAFFED"
    UNSTAFFED = "UNSTAFFED"
    HELD = "HELD"
    NOT_PLANNED = "NOT_PLANNED"


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of another plan against this one, in lexicographic order.

    `guests` lose their departure, `changes` are kept assignments given up, `points` the loss of quality and
    fairness in thousandths of a perfect pairing. Negative figures are gains.
    """

    guests: int
    changes: int
    points: int

    @classmethod
    def of(cls, difference: Objectives) -> "Cost":
        """Return the cost for the objectives of the other plan less those of this one."""
        return cls(-difference.guests, -difference.kept, difference.loss)


@dataclass(frozen=True, slots=True)
class Alternative:
    """The best plan under another condition: its cost, and the teams that differ, empty if unstaffed."""

    cost: Cost
    teams: Mapping[UUID, tuple[UUID, ...]]


@dataclass(frozen=True, slots=True)
class MemberExplanation:
    """A member of the team: the score with its parts, and the best plan without this assignment.

    `parts` is None for a member who is no longer allowed by the rules; `fairness_points` is the charge for fairness.
    """

    guide_id: UUID
    name: str
    score: float
    parts: ScoreParts | None
    fairness_points: int
    workload: Workload
    pinned: bool = False
    alternative: Alternative | None = None


@dataclass(frozen=True, slots=True)
class CandidateExplanation:
    """A guide who is not on the team: the rule that excludes them, the best plan with them, or why there is none.

    `forced` is that plan, None if it was not computed; `refused` the reason for which no plan has the guide here.
    """

    guide_id: UUID
    name: str
    workload: Workload | None = None
    score: float | None = None
    exclusion: Exclusion | None = None
    forced: Alternative | None = None
    refused: UnstaffedReason | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """A single change that suffices to staff a departure. `kind` is a rule or the kind of a relaxation."""

    kind: str
    message: str
    guide_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class DepartureExplanation:
    """The explanation of a departure: of its team, or of what it would take to have one.

    `names` are those of the guides and departures mentioned. `is_partial`: the time limit was too short for all of
    it. `differs`: the daily schedule has another team than the one explained.
    """

    departure_id: UUID
    departure: Departure
    standing: PlanStanding
    reason: UnassignedReason | None = None
    team: tuple[MemberExplanation, ...] = ()
    others: tuple[CandidateExplanation, ...] = ()
    possible_if: tuple[Remedy, ...] = ()
    names: Mapping[UUID, str] = field(default_factory=dict)
    is_partial: bool = False
    differs: bool = False
