"""The hard rules of a team as a whole."""

from datetime import date
from uuid import UUID

from scheduling.domain.document import Departure, Role
from scheduling.domain.facts import Snapshot
from scheduling.domain.limits import LARGEST_TEAM
from scheduling.domain.text import counted
from scheduling.rules.guides import capacity_of
from scheduling.rules.inputs import EntriesByDate, days_of
from scheduling.rules.violations import Rule, Violation


def team_violations(
    departure_id: UUID,
    departure: Departure,
    day: date,
    snapshot: Snapshot,
    entered: EntriesByDate,
) -> list[Violation]:
    """Return the violations of the team as a whole.

    A team has one to `LARGEST_TEAM` different guides, exactly one of them the lead, whose capacities add up to at least
    the participants.
    """
    violations = []
    if len(departure.team) > LARGEST_TEAM or len(departure.guide_ids) != len(departure.team):
        violations.append(Violation(Rule.TEAM_SIZE, f"a team has 1 to {LARGEST_TEAM} different guides", departure_id))
    leads = sum(member.role is Role.LEAD for member in departure.team)
    if leads != 1:
        violations.append(Violation(Rule.ONE_LEAD, f"a team has exactly one lead, not {leads}", departure_id))
    guides = [guide for guide_id in departure.guide_ids if (guide := snapshot.guides.get(guide_id))]
    capacity = sum(capacity_of(guide, entered.of(guide.id, days_of(departure)), day) for guide in guides)
    if capacity < departure.participants:
        message = f"the team may lead {counted(capacity, 'guest')}, the departure has {departure.participants}"
        violations.append(Violation(Rule.GROUP_SIZE, message, departure_id, excess=departure.participants - capacity))
    return violations
