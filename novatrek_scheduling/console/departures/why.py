"""Why the team of a departure is what it is: each guide's score, who would go instead, and what bounds the choice."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from novatrek_scheduling.console.departures.score_parts import Part, parts_of
from optimization.candidates.assessment import in_short
from optimization.explanations.explanation import (
    CandidateExplanation,
    DepartureExplanation,
    MemberExplanation,
    PlanStanding,
)
from optimization.explanations.services import explain_as_it_stands
from optimization.explanations.text import alternative_text, reason_text, remedy_text
from scheduling.domain.words import sentence
from scheduling.models import DailySchedule
from scheduling.rules import Rule

ELSEWHERE = frozenset({Rule.REGION, Rule.ACTIVITY})
_STANDINGS: Mapping[PlanStanding, str | Promise] = {
    PlanStanding.STAFFED: "",
    PlanStanding.UNSTAFFED: _("The best plan of the region has nobody for it either."),
    PlanStanding.HELD: _("Its team is pinned and stays, although a rule stands against it."),
    PlanStanding.NOT_PLANNED: _("It has started or was cancelled: it is not planned any more."),
}


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A guide of the team. `parts` is empty where a rule has come to stand against the guide.

    `charge` are the points for hours above the fair share, `instead` the best plan without the guide.
    """

    name: str
    score: float
    parts: tuple[Part, ...]
    hours: float
    above_mean: float
    charge: int
    instead: str


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A guide who could go and is not on the team, with what that would cost."""

    name: str
    score: float | None
    cost: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule in words, and the guides against whom it stands first."""

    rule: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of a team. `differs`: it is that of the best plan of now, which has another one.

    `reason` says why nobody goes, `remedies` what would be enough. `elsewhere` counts the guides of other regions and
    activities. `is_partial`: there was not time for all of it.
    """

    standing: str | Promise
    reason: str
    differs: bool
    is_partial: bool
    team: tuple[MemberLine, ...]
    remedies: tuple[str, ...]
    others: tuple[OtherLine, ...]
    bounds: tuple[Bound, ...]
    elsewhere: int


def read_why(schedule: DailySchedule, departure_id: UUID) -> Why:
    """Explain a departure by planning its region anew; nothing is written. Raises as `explain_as_it_stands` does."""
    return why_of(explain_as_it_stands(schedule, departure_id))


def why_of(explanation: DepartureExplanation) -> Why:
    """Return the explanation as the panel shows it. What guides entered of themselves is not in it."""
    eligible = [guide for guide in explanation.others if guide.exclusion is None]
    elsewhere = [guide for guide in explanation.others if guide.exclusion and guide.exclusion.rule in ELSEWHERE]
    return Why(
        standing=_STANDINGS[explanation.standing],
        reason=sentence(explanation.reason.message) if explanation.reason else "",
        differs=explanation.differs,
        is_partial=explanation.is_partial,
        team=tuple(_member(member, explanation) for member in explanation.team),
        remedies=tuple(remedy_text(remedy) for remedy in explanation.possible_if),
        others=tuple(_other(guide, explanation) for guide in eligible),
        bounds=tuple(_bounds(explanation)),
        elsewhere=len(elsewhere),
    )


def _member(member: MemberExplanation, explanation: DepartureExplanation) -> MemberLine:
    return MemberLine(
        name=member.name,
        score=member.score,
        parts=parts_of(member.parts) if member.parts else (),
        hours=member.workload.trailing_hours,
        above_mean=member.workload.above_mean,
        charge=member.fairness_points,
        instead=alternative_text(member, explanation.departure_id, explanation.names),
    )


def _other(guide: CandidateExplanation, explanation: DepartureExplanation) -> OtherLine:
    return OtherLine(guide.name, guide.score, reason_text(guide, explanation.departure_id, explanation.names))


def _bounds(explanation: DepartureExplanation) -> Iterator[Bound]:
    """Yield the rules against guides of the region and activity, that against the most of them first."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for guide in explanation.others:
        if guide.exclusion and guide.exclusion.rule not in ELSEWHERE:
            names[in_short(guide.exclusion.rule, guide.exclusion.message)].append(guide.name)
    for rule, held in sorted(names.items(), key=lambda item: (-len(item[1]), item[0])):
        yield Bound(rule, tuple(sorted(held)))
