"""Reasons for a person's approval: such a team is not announced before a person approved it."""

from collections.abc import Iterable
from uuid import UUID

from scheduling.domain.facts import Sibling
from scheduling.rules.guides import has_unread_certificates, notes_of
from scheduling.rules.inputs import Demand, EntriesByDate, Facts

# Without an answer of one of these a plan is made all the same, and a person approves it.
NEEDED_FOR_CERTAINTY = (Sibling.WEATHER, Sibling.TRAIL_MANAGEMENT, Sibling.LOCATION_SERVICES, Sibling.GUIDE_MANAGEMENT)


def reasons_to_approve(guide_ids: Iterable[UUID], demand: Demand, facts: Facts, entered: EntriesByDate) -> list[str]:
    """Return what a person has to approve about this team: a silent sibling, an unread certificate, a note."""
    snapshot = facts.snapshot
    reasons = [snapshot.unknown[sibling] for sibling in NEEDED_FOR_CERTAINTY if not snapshot.knows(sibling)]
    for guide_id in guide_ids:
        guide = snapshot.guides.get(guide_id)
        name = guide.name if guide else f"guide {guide_id}"
        if guide and has_unread_certificates(guide, demand, snapshot):
            reasons.append(f"the certificates of {name} could not be read")
        note = notes_of(guide_id, demand, snapshot, entered.of(guide_id, demand.days))
        if note:
            reasons.append(f"{name} noted: {note}")
    return reasons
