"""Teams put together by a person: the data of their guides is looked up, not taken from the patch."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scheduling import hooks
from scheduling.domain.document import AssignmentStatus, Role, TeamMember
from scheduling.domain.facts import Guide
from scheduling.rules import Demand, EntriesByDate, Facts, reasons_to_approve
from scheduling.rules.guides import certifications_on
from scheduling.snapshot import UnknownGuide


def manual_team(
    members: Sequence[Mapping[str, Any]],
    current: Iterable[TeamMember],
    demand: Demand,
    facts: Facts,
    entries: EntriesByDate,
    field: str,
) -> list[TeamMember]:
    """Return the team of these guides, roles and pins. Members of `current` keep their status; others are TENTATIVE.

    Raises UnknownGuide naming `field`.
    """
    members_by_id = {member.guide_id: member for member in current}
    guides = facts.snapshot.guides
    unknown_ids = [
        requested["guide_id"]
        for requested in members
        if requested["guide_id"] not in members_by_id.keys() | guides.keys()
    ]
    if unknown_ids:
        raise UnknownGuide.of(unknown_ids, field)
    team = []
    for requested in members:
        guide_id = requested["guide_id"]
        member = members_by_id.get(guide_id) or _new_member(guides[guide_id], demand, facts, entries)
        changes = {"role": Role(requested["role"]), "pinned": requested.get("pinned", member.pinned)}
        team.append(member.model_copy(update=changes))
    return team


def require_approval(
    team: Iterable[TeamMember], demand: Demand, facts: Facts, entries: EntriesByDate, *, of_whole_team: bool
) -> None:
    """Set PENDING_APPROVAL on a team for which there are reasons to approve that only a person can judge.

    On its TENTATIVE members, or with `of_whole_team` on all of them: the plan that was announced to
    confirmed members has changed.
    """
    team = list(team)
    if not reasons_to_approve([member.guide_id for member in team], demand, facts, entries):
        return
    for member in team:
        if of_whole_team or member.assignment_status is AssignmentStatus.TENTATIVE:
            member.assignment_status = AssignmentStatus.PENDING_APPROVAL


def _new_member(guide: Guide, demand: Demand, facts: Facts, entries: EntriesByDate) -> TeamMember:
    scores = hooks.pairing_score(guide, demand, facts, entries.of(guide.id, demand.days))
    return TeamMember(
        guide_id=guide.id,
        guide_name=guide.name,
        role=Role.LEAD,
        assignment_status=AssignmentStatus.TENTATIVE,
        certifications=sorted(certifications_on(guide, demand.days, facts.snapshot)),
        score=round(max(scores, default=0.0), 3),
    )
