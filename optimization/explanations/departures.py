"""The explanation of one departure of a plan, from the facts and the problem that the plan was made from."""

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
from optimization.explanations.remedies import find_remedies
from optimization.solver.problem import EligiblePair
from optimization.solver.what_if import ForcedAssignment, costs_of_assignments
from scheduling.domain.document import Departure, TeamMember, UnassignedReason
from scheduling.rules import Demand, Rule

RULES = list(Rule)


def explain_departure(
    planned: PlannedDay, departure_id: UUID, *, time_limit_seconds: float, max_forced: int | None = None
) -> DepartureExplanation:
    """Explain one departure of the plan; costs are against the whole plan.

    The cost of forcing a guide onto the team is computed for the `max_forced` best candidates who are not on it, for
    all if None. Parts for which the time limit was too short are left out, and `is_partial` is set. Raises KeyError
    for a departure that is not in the plan.
    """
    return _Explainer(planned, departure_id, Clock.of(time_limit_seconds), max_forced).explain()


@dataclass(frozen=True, slots=True)
class _Explainer:
    planned: PlannedDay
    departure_id: UUID
    clock: Clock
    max_forced: int | None
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
        remedies = () if departure.team else tuple(find_remedies(self.planned, self.departure_id, self.clock))
        others = (*self._not_chosen(departure, assessment, loads), *self._ruled_out(assessment, loads))
        return DepartureExplanation(
            self.departure_id,
            departure,
            PlanStanding.HELD if held else PlanStanding.STAFFED if departure.team else PlanStanding.UNSTAFFED,
            _why_held(departure, assessment) if held else departure.unassigned_reason,
            team,
            others,
            remedies,
            names_in(self.planned),
            self.clock.has_run_out,
        )

    def _assessment(self, departure: Departure) -> Assessment:
        """Return the plan's assessment, or make one for a held departure, which has none."""
        facts, stored = self.planned.facts, self.planned.assessments.get(self.departure_id)
        demand = Demand.of(self.departure_id, departure, self.planned.day, facts.snapshot)
        return stored or assess(demand, facts, self.planned.context)

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
            fairness_points=pair.price if pair else 0,
            workload=loads[member.guide_id],
            pinned=member.pinned,
            alternative=self._alternative(member) if pair and not member.pinned else None,
        )

    def _alternative(self, member: TeamMember) -> Alternative | None:
        problem, solved, left = self.planned.problem, self.planned.solved, self.clock.left()
        if not left:
            return None
        return best_without(problem, solved, self.departure_id, member.guide_id, time_limit_seconds=left)

    def _not_chosen(
        self, departure: Departure, assessment: Assessment, loads: Mapping[UUID, Workload]
    ) -> Iterator[CandidateExplanation]:
        left_out = [candidate for candidate in assessment.candidates if candidate.guide.id not in departure.guide_ids]
        ranked = sorted(left_out, key=lambda candidate: (-candidate.score, candidate.guide.name, candidate.guide.id))
        assignments = self._forced_assignments(ranked)
        for candidate in ranked:
            guide, forced = candidate.guide, assignments.get(candidate.guide.id)
            yield CandidateExplanation(
                guide.id,
                guide.name,
                loads[guide.id],
                candidate.score,
                forced=_alternative_of(forced) if forced else None,
                refused=forced.reason if forced else None,
            )

    def _forced_assignments(self, ranked: list[Candidate]) -> dict[UUID, ForcedAssignment]:
        best = [candidate.guide.id for candidate in ranked[: self.max_forced] if candidate.guide.id in self.pairs]
        left = self.clock.left() if best else 0.0
        if not left:
            return {}
        problem, solved = self.planned.problem, self.planned.solved
        assignments = costs_of_assignments(problem, solved, self.departure_id, best, time_limit_seconds=left)
        return {forced.guide_id: forced for forced in assignments}

    def _ruled_out(self, assessment: Assessment, loads: Mapping[UUID, Workload]) -> list[CandidateExplanation]:
        """Return the excluded guides, those who passed the most rules first."""
        guides = self.planned.facts.snapshot.guides
        explanations = [
            CandidateExplanation(guide_id, guides[guide_id].name, loads.get(guide_id), exclusion=exclusion)
            for guide_id, exclusion in assessment.excluded.items()
        ]
        return sorted(
            explanations, key=lambda candidate: (-_rules_passed(candidate), candidate.name, candidate.guide_id)
        )


def _rules_passed(candidate: CandidateExplanation) -> int:
    return RULES.index(candidate.exclusion.rule) if candidate.exclusion else 0


def _alternative_of(forced: ForcedAssignment) -> Alternative | None:
    if forced.difference is None:
        return None
    changed = {team.departure_id: team.guide_ids for team in forced.changed_teams}
    return Alternative(Cost.of(forced.difference), changed | dict.fromkeys(forced.newly_unstaffed, ()))


def _why_held(departure: Departure, assessment: Assessment) -> UnassignedReason:
    exclusions = [
        f"{member.guide_name}: {assessment.excluded[member.guide_id].message}"
        for member in departure.team
        if member.pinned and member.guide_id in assessment.excluded
    ]
    why = "; ".join(exclusions) or "the pinned guides cannot form a team"
    message = f"its team is pinned but not allowed ({why}); only a person can unpin it"
    return UnassignedReason(code="HELD", message=message)
