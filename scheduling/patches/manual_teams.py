"""Teams put together by a person: the data of their guides is looked up, not taken from the patch."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scheduling import hooks
from scheduling.domain.document import Role, TeamMember
from scheduling.domain.facts import Guide
from scheduling.rules import Demand, EntriesByDate, Facts
from scheduling.rules.members import new_member
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


def _new_member(guide: Guide, demand: Demand, facts: Facts, entries: EntriesByDate) -> TeamMember:
    scores = hooks.pairing_score(guide, demand, facts, entries.of(guide.id, demand.days))
    return new_member(guide, demand, facts, score=max(scores, default=0.0))
