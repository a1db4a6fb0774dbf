"""Checks of a team as a whole: its size, its lead and its capacity."""

from collections.abc import Iterator

from optimization.verification.evidence import Breach, CheckedDeparture
from optimization.verification.restrictions import group_limits
from scheduling.domain.document import Role
from scheduling.domain.facts import Guide

MAX_TEAM = 3


def check_team_size(checked: CheckedDeparture) -> Iterator[Breach]:
    members = [member.guide_id for member in checked.departure.team]
    if len(members) > MAX_TEAM or len(members) > len(set(members)):
        yield Breach(f"a team of {len(members)} members, {len(set(members))} of them distinct", excess=len(members))


def check_one_lead(checked: CheckedDeparture) -> Iterator[Breach]:
    leads = [member.guide_name for member in checked.departure.team if member.role == Role.LEAD]
    if len(leads) != 1:
        yield Breach(f"{len(leads)} leads: {', '.join(leads)}")


def check_cover(checked: CheckedDeparture) -> Iterator[Breach]:
    capacities = {guide.id: _capacity_of(checked, guide) for guide in checked.guides}
    missing = checked.guests - sum(capacities.values())
    if missing > 0:
        yield Breach(f"{checked.guests} guests for a team that may lead {sum(capacities.values())}", excess=missing)


def _capacity_of(checked: CheckedDeparture, guide: Guide) -> int:
    entered = [entry.max_group_size for entry in checked.entered_by(guide.id) if entry.max_group_size is not None]
    return min([min(entered) if entered else guide.max_group_size, *group_limits(checked, guide)])
