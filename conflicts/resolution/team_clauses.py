"""Who joins a team, who leaves it, who leads it, and whose assignment is another than before."""

from collections.abc import Iterator, Sequence

from scheduling.domain.document import AssignmentStatus, Role, TeamMember

UNSAID_OF_MEMBERS = {
    "certifications": "what the guide holds: a fact about the guide, not about the plan",
    "score": "how well the guide suits: the option's figures have the plan's",
    "approved_notes": "which notes a publication approved; that approval is awaited is said",
    "open_notes": "which notes approval is awaited for; that it is awaited is said",
    "approval_reasons": "why approval is awaited; that it is awaited is said",
    "guide_name": "the guide's name, as it is written now",
}
"""The fields of a member that need no words, and why."""

_STATUS_TEXTS = {
    AssignmentStatus.CONFIRMED: "is confirmed",
    AssignmentStatus.TENTATIVE: "is to be confirmed",
    AssignmentStatus.PENDING_APPROVAL: "has to be approved",
}


def team_clauses(before: Sequence[TeamMember], after: Sequence[TeamMember]) -> Iterator[str]:
    """Yield what changes in a team: "Ben Ito joins and leads", "Ana Ruiz leaves"."""
    present = {member.guide_id: member for member in before}
    staying = {member.guide_id for member in after}
    for member in after:
        known = present.get(member.guide_id)
        changes = list(_joining(member) if known is None else _changing(known, member))
        if changes:
            yield f"{member.guide_name} {' and '.join(changes)}"
    for member in before:
        if member.guide_id not in staying:
            yield f"{member.guide_name} leaves" + (" and no longer leads" if member.role is Role.LEAD else "")


def _joining(member: TeamMember) -> Iterator[str]:
    yield "joins"
    if member.role is Role.LEAD:
        yield "leads"
    if member.assignment_status is not AssignmentStatus.TENTATIVE:
        yield _STATUS_TEXTS[member.assignment_status]
    if member.pinned:
        yield "is pinned"


def _changing(before: TeamMember, after: TeamMember) -> Iterator[str]:
    if after.role is not before.role:
        yield "leads" if after.role is Role.LEAD else "assists"
    if after.assignment_status is not before.assignment_status:
        yield _STATUS_TEXTS[after.assignment_status]
    if after.pinned is not before.pinned:
        yield "is pinned" if after.pinned else "is no longer pinned"
