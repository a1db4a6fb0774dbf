"""What an explanation says of a departure, as values; `wording` puts them into sentences."""

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
    """How a departure stands in the plan."""

    STAFFED = "STAFFED"
    UNSTAFFED = "UNSTAFFED"
    HELD = "HELD"
    NOT_PLANNED = "NOT_PLANNED"


@dataclass(frozen=True, slots=True)
class Cost:
    """What another plan costs against this one, in the order in which it counts.

    `guests` would lose their departure, `changes` assignments that stand would be given up, and `points`
    are lost of quality and fairness, in thousandths of a perfect pairing. Negative figures are gains.
    """

    guests: int
    changes: int
    points: int

    @classmethod
    def of(cls, difference: Objectives) -> "Cost":
        """From the objectives of the other plan less those of this one."""
        return cls(-difference.guests, -difference.kept, difference.loss)

    @property
    def is_nothing(self) -> bool:
        return self == Cost(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Alternative:
    """The best plan under another condition: what it costs, and the teams that differ; an empty one: nobody."""

    cost: Cost
    teams: Mapping[UUID, tuple[UUID, ...]]


@dataclass(frozen=True, slots=True)
class MemberExplanation:
    """Why somebody is on the team: the score with its parts, and the best plan without this assignment.

    `parts` is None for whom no rule allows any more; `charged` is what fairness charges, in points.
    """

    guide_id: UUID
    name: str
    score: float
    parts: ScoreParts | None
    charged: int
    workload: Workload
    pinned: bool = False
    without: Alternative | None = None


@dataclass(frozen=True, slots=True)
class CandidateExplanation:
    """Why somebody is not on the team: a rule, the price of taking the guide, or why that is not possible.

    `forced` is None where nobody worked it out. `refused` is why no plan has the guide here.
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
    """One thing that would be enough to staff a departure. `kind` is a rule or what a plan would need."""

    kind: str
    message: str
    guide_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class DepartureExplanation:
    """A departure with why its team is what it is, or what it would take to have one.

    `names` has the guides and departures that the explanation speaks of. `is_partial`: time ran out before
    everything was worked out. `differs`: the daily schedule has another team than the one explained here.
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
