"""Teams that a person put together: the data of their guides is looked up, not taken from the patch."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scheduling import hooks
from scheduling.domain.document import AssignmentStatus, Role, TeamMember
from scheduling.domain.facts import Guide
from scheduling.rules import Demand, EntriesByDate, Facts, reasons_to_approve
from scheduling.rules.guides import certifications_on
from scheduling.snapshot import UnknownGuide


def hand_made_team(
    members: Sequence[Mapping[str, Any]],
    current: Iterable[TeamMember],
    demand: Demand,
    facts: Facts,
    entered: EntriesByDate,
    field: str,
) -> list[TeamMember]:
    """The team of these guides, roles and pins. Who stays keeps what was confirmed; who is new is TENTATIVE.

    Raises UnknownGuide naming `field`.
    """
    members_by_id = {member.guide_id: member for member in current}
    guides = facts.snapshot.guides
    strangers = [
        entry["guide_id"] for entry in members if entry["guide_id"] not in members_by_id.keys() | guides.keys()
    ]
    if strangers:
        raise UnknownGuide.of(strangers, field)
    team = []
    for entry in members:
        guide_id = entry["guide_id"]
        member = members_by_id.get(guide_id) or _newcomer(guides[guide_id], demand, facts, entered)
        changes = {"role": Role(entry["role"]), "pinned": entry.get("pinned", member.pinned)}
        team.append(member.model_copy(update=changes))
    return team


def with_open_questions(
    team: Iterable[TeamMember], demand: Demand, facts: Facts, entered: EntriesByDate, *, of_everybody: bool
) -> None:
    """Have a person approve a team where something is open that no machine can judge.

    Those whom nobody was told to come; `of_everybody`: all of them, since what they were told to lead is
    another plan now.
    """
    team = list(team)
    if not reasons_to_approve([member.guide_id for member in team], demand, facts, entered):
        return
    for member in team:
        if of_everybody or member.assignment_status is AssignmentStatus.TENTATIVE:
            member.assignment_status = AssignmentStatus.PENDING_APPROVAL


def _newcomer(guide: Guide, demand: Demand, facts: Facts, entered: EntriesByDate) -> TeamMember:
    scores = hooks.pairing_score(guide, demand, facts, entered.of(guide.id, demand.days))
    return TeamMember(
        guide_id=guide.id,
        guide_name=guide.name,
        role=Role.LEAD,
        assignment_status=AssignmentStatus.TENTATIVE,
        certifications=sorted(certifications_on(guide, demand.days[-1], facts.snapshot)),
        score=round(max(scores, default=0.0), 3),
    )
