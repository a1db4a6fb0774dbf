"""Replacement teams: the candidates who could go on a departure in place of others."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from conflicts.resolution.problem import Problem, Spot
from conflicts.steps import Reassign, Reroute, Steps
from optimization.candidates.assessment import Assessment, Candidate, PlanningContext, assess
from scheduling.domain.document import Departure, Role, TeamMember
from scheduling.domain.limits import DEFAULT_GROUP_SIZE, LARGEST_TEAM
from scheduling.rules import Demand, Facts, capacity_of

MAX_CERTIFIED = 12


@dataclass(frozen=True, slots=True)
class CandidatePool:
    """The guides who may go on one departure, and those on its team now."""

    departure: Departure
    assessment: Assessment
    facts: Facts
    context: PlanningContext

    @property
    def ranked(self) -> list[Candidate]:
        """The candidates, the best score first."""
        return sorted(self.assessment.candidates, key=lambda candidate: (-candidate.score, candidate.guide.id))

    def teams(self, kept: Sequence[TeamMember]) -> Iterator[list[UUID]]:
        """Yield teams of `kept`, one more guide, the best first, and as many others as the group then needs.

        Each is the ids of its guides, of whom the first leads.
        """
        staying = {member.guide_id for member in kept}
        for candidate in self.ranked:
            if candidate.guide.id not in staying:
                guide_ids = self._completed([*lead_first_ids(kept), candidate.guide.id])
                if guide_ids:
                    yield _lead_first(guide_ids, kept, candidate.guide.id)

    def covers(self, guide_ids: Collection[UUID]) -> int:
        """Return how many guests the guides may lead together."""
        return sum(self._capacity(guide_id) for guide_id in guide_ids)

    def _completed(self, guide_ids: list[UUID]) -> list[UUID] | None:
        """Return the guides and as few others as the group needs; None where LARGEST_TEAM guides are not enough."""
        chosen = list(guide_ids)
        while (missing := self.departure.participants - self.covers(chosen)) > 0 and len(chosen) < LARGEST_TEAM:
            others = [candidate for candidate in self.ranked if candidate.guide.id not in chosen]
            enough = [candidate for candidate in others if candidate.capacity >= missing]
            best = enough[0] if enough else max(others, key=lambda candidate: candidate.capacity, default=None)
            if best is None:
                return None
            chosen.append(best.guide.id)
        return chosen if missing <= 0 and len(chosen) <= LARGEST_TEAM else None

    def _capacity(self, guide_id: UUID) -> int:
        guide = self.facts.snapshot.guides.get(guide_id)
        demand = self.assessment.demand
        adjustments = self.context.entered.of(guide_id, demand.days)
        return capacity_of(guide, adjustments, demand.day) if guide else DEFAULT_GROUP_SIZE


def reassignment(spot: Spot, team: Sequence[UUID]) -> Reassign:
    """Return the step that makes these guides the team of the departure; the first of them leads."""
    present = spot.departure.guide_ids
    return Reassign(
        day=spot.day,
        departure_id=spot.departure_id,
        joining=tuple(guide for guide in team if guide not in present),
        leaving=tuple(guide for guide in lead_first_ids(spot.departure.team) if guide not in team),
        lead=next(iter(team), None),
    )


def rerouting(day: date, departure_id: UUID, present: UUID | None, trail_id: UUID | None) -> Steps:
    """Return the step from the present trail to this one; none where it is the same, or none is needed."""
    is_other = trail_id is not None and trail_id != present
    return (Reroute(day=day, departure_id=departure_id, trail_id=trail_id),) if trail_id and is_other else ()


def lead_first_ids(kept: Sequence[TeamMember]) -> list[UUID]:
    """Return the guides of `kept`, the lead first."""
    return [member.guide_id for member in sorted(kept, key=lambda member: member.role is not Role.LEAD)]


def _lead_first(guide_ids: list[UUID], kept: Sequence[TeamMember], newcomer: UUID) -> list[UUID]:
    if any(member.role is Role.LEAD for member in kept):
        return guide_ids
    return [newcomer, *(guide_id for guide_id in guide_ids if guide_id != newcomer)]


def candidate_pool(spot: Spot, problem: Problem, facts: Facts, *, without: Collection[UUID] = ()) -> CandidatePool:
    """Return the guides who may go on the departure, given the certificates known in `facts`."""
    demand = Demand.of(spot.departure_id, spot.departure, spot.day, facts.snapshot)
    planned = {spot.departure_id, spot.instead_of or spot.departure_id}
    context = PlanningContext(problem.entered, problem.commitments, planned)
    assessment = assess(demand, facts, context)
    remaining = replace(assessment, able=assessment.able.without(without))
    return CandidatePool(spot.departure, remaining, facts, context)


def certified_pool(spot: Spot, problem: Problem, *, without: Collection[UUID] = ()) -> CandidatePool:
    """As `candidate_pool`, with the certificates of the most promising guides read; other guides are not considered."""
    promising = candidate_pool(spot, problem, problem.facts, without=without).ranked[:MAX_CERTIFIED]
    to_certify = {candidate.guide.id for candidate in promising} | spot.departure.guide_ids
    pool = candidate_pool(spot, problem, problem.certify(to_certify), without=without)
    certified = pool.assessment.able.among(to_certify)
    return replace(pool, assessment=replace(pool.assessment, able=certified))
