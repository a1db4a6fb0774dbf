"""Teams that a person put together: what is known of their guides is found, not taken from whoever asks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from scheduling import hooks
from scheduling.document import AssignmentStatus, GuideAdjustments, Role, TeamMember
from scheduling.facts import Guide
from scheduling.rules import Demand, Facts, reasons_to_approve
from scheduling.rules.guides import NO_ADJUSTMENTS, certifications_on
from scheduling.snapshot import UnknownGuide

Adjustments = Mapping[UUID, GuideAdjustments]


def hand_made_team(
    wanted: Sequence[Mapping[str, Any]],
    current: Iterable[TeamMember],
    demand: Demand,
    facts: Facts,
    adjustments: Adjustments,
    field: str,
) -> list[TeamMember]:
    """The team of these guides, roles and pins. Who stays keeps what was confirmed; who is new is TENTATIVE.

    Raises UnknownGuide naming `field`.
    """
    known = {member.guide_id: member for member in current}
    guides = facts.snapshot.guides
    strangers = [each["guide_id"] for each in wanted if each["guide_id"] not in known.keys() | guides.keys()]
    if strangers:
        raise UnknownGuide.of(strangers, field)
    team = []
    for each in wanted:
        guide_id = each["guide_id"]
        member = known.get(guide_id) or _newcomer(guides[guide_id], demand, facts, adjustments)
        told = {"role": Role(each["role"]), "pinned": each.get("pinned", member.pinned)}
        team.append(member.model_copy(update=told))
    return team


def with_open_questions(
    team: Iterable[TeamMember], demand: Demand, facts: Facts, adjustments: Adjustments, *, of_everybody: bool
) -> None:
    """Have a person approve a team where something is open that no machine can judge.

    Those whom nobody was told to come; `of_everybody`: all of them, since what they were told to lead is
    another plan now.
    """
    team = list(team)
    if not reasons_to_approve([member.guide_id for member in team], demand, facts, adjustments):
        return
    for member in team:
        if of_everybody or member.assignment_status is AssignmentStatus.TENTATIVE:
            member.assignment_status = AssignmentStatus.PENDING_APPROVAL


def _newcomer(guide: Guide, demand: Demand, facts: Facts, adjustments: Adjustments) -> TeamMember:
    scores = hooks.pairing_score(guide, demand, facts, adjustments.get(guide.id, NO_ADJUSTMENTS))
    return TeamMember(
        guide_id=guide.id,
        guide_name=guide.name,
        role=Role.LEAD,
        assignment_status=AssignmentStatus.TENTATIVE,
        certifications=sorted(certifications_on(guide, demand.days[-1], facts.snapshot)),
        score=round(max(scores, default=0.0), 3),
    )
