"""Formation of the team that a daily schedule shows from the guides that a solver chose."""

from collections.abc import Sequence
from uuid import UUID

from optimization.candidates.assessment import Assessment, PlanningContext
from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus, Role, TeamMember
from scheduling.rules import Facts, reasons_to_approve
from scheduling.rules.approval import hear_all_notes
from scheduling.rules.guides import certifications_on


def form_team(
    guide_ids: Sequence[UUID], departure: Departure, assessment: Assessment, facts: Facts, context: PlanningContext
) -> list[TeamMember]:
    """Return the chosen guides as a team, the lead first.

    A lead who stays remains the lead. Members who stay keep an assignment that was confirmed, unless they have noted
    something since that a person has to approve.
    """
    current = {member.guide_id: member for member in departure.team}
    reasons = reasons_to_approve(guide_ids, assessment.demand, facts, context.entered)
    team = []
    for position, guide_id in enumerate(_lead_first(guide_ids, departure)):
        role = Role.ASSISTANT if position else Role.LEAD
        known = current.get(guide_id) or _member(guide_id, role, assessment, facts)
        member = known.model_copy(update={"role": role})
        if departure.status is DepartureStatus.PUBLISHED:
            hear_all_notes(departure, member, facts.snapshot, assessment.demand.days, context.entered)
        # What nobody has confirmed yet is decided by what is open now: a sibling may answer again, a note be gone.
        if member.assignment_status is not AssignmentStatus.CONFIRMED:
            if reasons:
                member.await_approval(reasons)
            else:
                member.end_approval(AssignmentStatus.TENTATIVE)
        team.append(member)
    return team


def _lead_first(guide_ids: Sequence[UUID], departure: Departure) -> list[UUID]:
    """Return the guides in the order of the present team; a lead who stays comes first."""
    places = {member.guide_id: place for place, member in enumerate(departure.team)}
    leads = [member.guide_id for member in departure.team if member.role is Role.LEAD and member.guide_id in guide_ids]
    first = (leads or guide_ids)[:1]
    return sorted(guide_ids, key=lambda guide_id: (guide_id not in first, places.get(guide_id, len(places))))


def _member(guide_id: UUID, role: Role, assessment: Assessment, facts: Facts) -> TeamMember:
    guide, score = next(
        (guide, score)
        for guide, score in zip(assessment.able.guides, assessment.able.scores, strict=True)
        if guide.id == guide_id
    )
    return TeamMember(
        guide_id=guide_id,
        guide_name=guide.name,
        role=role,
        assignment_status=AssignmentStatus.TENTATIVE,
        certifications=sorted(certifications_on(guide, assessment.demand.days, facts.snapshot)),
        score=round(score, 3),
    )
