"""From the guides a solver chose to the team that a daily schedule shows."""

from collections.abc import Sequence
from uuid import UUID

from optimization.candidates import Assessment, Roster
from scheduling.document import AssignmentStatus, Departure, Role, TeamMember
from scheduling.facts import Sibling
from scheduling.rules import Facts, has_notes, shortfall_of
from scheduling.rules.guides import certifications_on

# Without an answer of one of these a plan is made all the same, and a person approves it.
_NEEDED_FOR_CERTAINTY = (Sibling.WEATHER, Sibling.TRAIL_MANAGEMENT, Sibling.LOCATION_SERVICES, Sibling.GUIDE_MANAGEMENT)


def form_team(
    guide_ids: Sequence[UUID], departure: Departure, assessment: Assessment, facts: Facts, roster: Roster
) -> list[TeamMember]:
    """The chosen guides, the lead first. Members who stay in their role stay as they are."""
    current = {member.guide_id: member for member in departure.team}
    fresh_status = status_of(guide_ids, assessment, facts, roster)
    team = []
    for position, guide_id in enumerate(guide_ids):
        role = Role.ASSISTANT if position else Role.LEAD
        member = current.get(guide_id)
        if member is None or member.role is not role:
            member = _member(guide_id, role, assessment, facts, fresh_status, member)
        team.append(member)
    return team


def _member(
    guide_id: UUID,
    role: Role,
    assessment: Assessment,
    facts: Facts,
    status: AssignmentStatus,
    before: TeamMember | None,
) -> TeamMember:
    chosen = next(c for c in assessment.candidates if c.guide.id == guide_id)
    return TeamMember(
        guide_id=guide_id,
        guide_name=chosen.guide.name,
        role=role,
        assignment_status=before.assignment_status if before else status,
        certifications=sorted(certifications_on(chosen.guide, assessment.demand.days[-1], facts.snapshot)),
        pinned=before.pinned if before else False,
        score=round(chosen.score, 3),
    )


def status_of(guide_ids: Sequence[UUID], assessment: Assessment, facts: Facts, roster: Roster) -> AssignmentStatus:
    """TENTATIVE until published, or PENDING_APPROVAL where something only a person can judge is open."""
    return (
        AssignmentStatus.PENDING_APPROVAL
        if reasons_to_approve(guide_ids, assessment, facts, roster)
        else (AssignmentStatus.TENTATIVE)
    )


def reasons_to_approve(guide_ids: Sequence[UUID], assessment: Assessment, facts: Facts, roster: Roster) -> list[str]:
    """What a person has to look at before this team is told: a silent sibling, an unread certificate, a note."""
    snapshot, demand = facts.snapshot, assessment.demand
    reasons = [snapshot.unknown[sibling] for sibling in _NEEDED_FOR_CERTAINTY if not snapshot.knows(sibling)]
    for guide_id in guide_ids:
        guide = snapshot.guides[guide_id]
        if shortfall_of(guide, demand, snapshot):
            reasons.append(f"the certificates of {guide.name} could not be read")
        note = has_notes(guide_id, demand, snapshot, roster.adjustments_of(guide_id))
        if note:
            reasons.append(f"{guide.name} noted: {note}")
    return reasons
