"""Whether a team is one: who leads it, how many they are, how many they may lead."""

from collections.abc import Iterator

from optimization.verification.evidence import Broken, Judged
from optimization.verification.restrictions import group_limits
from scheduling.domain.document import Role
from scheduling.domain.facts import Guide

LARGEST = 3


def team_size(judged: Judged) -> Iterator[Broken]:
    members = [member.guide_id for member in judged.departure.team]
    if len(members) > LARGEST or len(members) > len(set(members)):
        yield Broken(f"a team of {len(members)}, {len(set(members))} of them different", excess=len(members))


def one_lead(judged: Judged) -> Iterator[Broken]:
    leads = [member.guide_name for member in judged.departure.team if member.role == Role.LEAD]
    if len(leads) != 1:
        yield Broken(f"{len(leads)} lead it: {', '.join(leads)}")


def cover(judged: Judged) -> Iterator[Broken]:
    allowed = {guide.id: _group_of(judged, guide) for guide in judged.guides}
    missing = judged.guests - sum(allowed.values())
    if missing > 0:
        yield Broken(f"{judged.guests} guests for a team that may lead {sum(allowed.values())}", excess=missing)


def _group_of(judged: Judged, guide: Guide) -> int:
    own = [one.max_group_size for one in judged.entered_by(guide.id) if one.max_group_size is not None]
    return min([min(own) if own else guide.max_group_size, *group_limits(judged, guide)])
