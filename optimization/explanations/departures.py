"""Why a plan has the team it has for a departure, or nobody, worked out on what the plan was made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from optimization.candidates.assessment import Assessment, Candidate, assess
from optimization.candidates.workload import Workload, comparable_guides, hours_led, workloads
from optimization.days.planned_day import PlannedDay
from optimization.explanations.alternatives import best_without
from optimization.explanations.deadline import Clock
from optimization.explanations.explanation import (
    Alternative,
    CandidateExplanation,
    Cost,
    DepartureExplanation,
    MemberExplanation,
    PlanStanding,
)
from optimization.explanations.names import names_in
from optimization.explanations.remedies import possibilities
from optimization.solver.problem import EligiblePair
from optimization.solver.what_if import ForcedAssignment, costs_of_assignments
from scheduling.domain.document import Departure, TeamMember, UnassignedReason
from scheduling.rules import Demand, Rule

RULES = list(Rule)


def explain_departure(
    planned: PlannedDay, departure_id: UUID, *, time_limit_seconds: float, most_forced: int | None = None
) -> DepartureExplanation:
    """Everything about one departure of the plan; costs are against the plan as a whole.

    The price of taking a guide is worked out for the `most_forced` best who are not on the team, for all of
    them if None. What the time limit leaves no time for is left out, and `is_partial` says so. Raises
    KeyError for a departure that the plan is not about.
    """
    return _Explainer(planned, departure_id, Clock.of(time_limit_seconds), most_forced).explain()


@dataclass(frozen=True, slots=True)
class _Explainer:
    planned: PlannedDay
    departure_id: UUID
    clock: Clock
    most_forced: int | None
    pairs: dict[UUID, EligiblePair] = field(init=False)

    def __post_init__(self) -> None:
        of_departure = (pair for pair in self.planned.problem.pairs if pair.departure_id == self.departure_id)
        object.__setattr__(self, "pairs", {pair.guide_id: pair for pair in of_departure})

    def explain(self) -> DepartureExplanation:
        held = self.planned.held.get(self.departure_id)
        departure = held or self.planned.planned[self.departure_id]
        assessment = self._assessment(departure)
        loads = self._workloads(departure, assessment)
        team = tuple(self._member(member, assessment, loads) for member in departure.team)
        possible_if = () if departure.team else tuple(possibilities(self.planned, self.departure_id, self.clock))
        others = (*self._not_chosen(departure, assessment, loads), *self._ruled_out(assessment, loads))
        return DepartureExplanation(
            self.departure_id,
            departure,
            PlanStanding.HELD if held else PlanStanding.STAFFED if departure.team else PlanStanding.UNSTAFFED,
            _why_held(departure, assessment) if held else departure.unassigned_reason,
            team,
            others,
            possible_if,
            names_in(self.planned),
            self.clock.has_run_out,
        )

    def _assessment(self, departure: Departure) -> Assessment:
        """The plan's; one of what is held is not in it."""
        facts, found = self.planned.facts, self.planned.assessments.get(self.departure_id)
        demand = Demand.of(self.departure_id, departure, self.planned.day, facts.snapshot)
        return found or assess(demand, facts, self.planned.context)

    def _workloads(self, departure: Departure, assessment: Assessment) -> dict[UUID, Workload]:
        on_the_day = hours_led([*self.planned.planned.values(), *self.planned.held.values()])
        compared = comparable_guides(assessment) | departure.guide_ids
        return workloads(compared, self.planned.facts.recent_hours, on_the_day)

    def _member(self, member: TeamMember, assessment: Assessment, loads: Mapping[UUID, Workload]) -> MemberExplanation:
        candidate = next(
            (candidate for candidate in assessment.candidates if candidate.guide.id == member.guide_id), None
        )
        pair = self.pairs.get(member.guide_id)
        return MemberExplanation(
            guide_id=member.guide_id,
            name=member.guide_name,
            score=candidate.score if candidate else member.score,
            parts=candidate.parts if candidate else None,
            charged=pair.price if pair else 0,
            workload=loads[member.guide_id],
            pinned=member.pinned,
            without=self._without(member) if pair and not member.pinned else None,
        )

    def _without(self, member: TeamMember) -> Alternative | None:
        problem, solved, left = self.planned.problem, self.planned.solved, self.clock.left()
        if not left:
            return None
        return best_without(problem, solved, self.departure_id, member.guide_id, time_limit_seconds=left)

    def _not_chosen(
        self, departure: Departure, assessment: Assessment, loads: Mapping[UUID, Workload]
    ) -> Iterator[CandidateExplanation]:
        left_out = [candidate for candidate in assessment.candidates if candidate.guide.id not in departure.guide_ids]
        ranked = sorted(left_out, key=lambda each: (-each.score, each.guide.name, each.guide.id))
        prices = self._prices(ranked)
        for candidate in ranked:
            guide, forcing = candidate.guide, prices.get(candidate.guide.id)
            yield CandidateExplanation(
                guide.id,
                guide.name,
                loads[guide.id],
                candidate.score,
                forced=_otherwise(forcing) if forcing else None,
                refused=forcing.reason if forcing else None,
            )

    def _prices(self, ranked: list[Candidate]) -> dict[UUID, ForcedAssignment]:
        asked = [one.guide.id for one in ranked[: self.most_forced] if one.guide.id in self.pairs]
        left = self.clock.left() if asked else 0.0
        if not left:
            return {}
        problem, solved = self.planned.problem, self.planned.solved
        found = costs_of_assignments(problem, solved, self.departure_id, asked, time_limit_seconds=left)
        return {forcing.guide_id: forcing for forcing in found}

    def _ruled_out(self, assessment: Assessment, loads: Mapping[UUID, Workload]) -> list[CandidateExplanation]:
        """Whoever got further through the rules first."""
        guides = self.planned.facts.snapshot.guides
        found = [
            CandidateExplanation(guide_id, guides[guide_id].name, loads.get(guide_id), exclusion=exclusion)
            for guide_id, exclusion in assessment.excluded.items()
        ]
        return sorted(found, key=lambda told: (_how_far(told), told.name, told.guide_id))


def _how_far(told: CandidateExplanation) -> int:
    return -RULES.index(told.exclusion.rule) if told.exclusion else 0


def _otherwise(forcing: ForcedAssignment) -> Alternative | None:
    if forcing.difference is None:
        return None
    changed = {team.departure_id: team.guide_ids for team in forcing.changed_teams}
    return Alternative(Cost.of(forcing.difference), changed | dict.fromkeys(forcing.newly_unstaffed, ()))


def _why_held(departure: Departure, assessment: Assessment) -> UnassignedReason:
    against = [
        f"{member.guide_name}: {assessment.excluded[member.guide_id].message}"
        for member in departure.team
        if member.pinned and member.guide_id in assessment.excluded
    ]
    why = "; ".join(against) or "the pinned guides cannot form a team"
    message = f"a person pinned its team, which cannot stay ({why}); only a person lifts a pin"
    return UnassignedReason(code="HELD", message=message)
