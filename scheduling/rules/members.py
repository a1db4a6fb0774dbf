"""The members of a team that a person chose: what is known of them, and whether a person has to approve them."""

from collections.abc import Iterable

from scheduling.domain.document import AssignmentStatus, Role, TeamMember
from scheduling.domain.facts import Guide
from scheduling.rules.approval import reasons_to_approve
from scheduling.rules.guides import certifications_on
from scheduling.rules.inputs import Demand, EntriesByDate, Facts


def new_member(guide: Guide, demand: Demand, facts: Facts, *, score: float, role: Role = Role.LEAD) -> TeamMember:
    """Return the guide as a member of the departure's team, whom nobody has confirmed; `score` is in [0, 1]."""
    return TeamMember(
        guide_id=guide.id,
        guide_name=guide.name,
        role=role,
        assignment_status=AssignmentStatus.TENTATIVE,
        certifications=sorted(certifications_on(guide, demand.days, facts.snapshot)),
        score=round(score, 3),
    )


def require_approval(
    team: Iterable[TeamMember], demand: Demand, facts: Facts, entries: EntriesByDate, *, of_whole_team: bool
) -> None:
    """Set PENDING_APPROVAL on a team for which there are reasons to approve that only a person can judge.

    On its TENTATIVE members, or with `of_whole_team` on all of them: the plan that was announced to
    confirmed members has changed.
    """
    team = list(team)
    reasons = reasons_to_approve([member.guide_id for member in team], demand, facts, entries)
    if not reasons:
        return
    for member in team:
        if of_whole_team or member.assignment_status is AssignmentStatus.TENTATIVE:
            member.await_approval(reasons)
