"""Reasons for a person's approval. A team that needs it is not announced before a person has approved it."""

from collections.abc import Iterable
from uuid import UUID

from scheduling.domain.facts import Sibling
from scheduling.rules.guides import has_unread_certificates, notes_of
from scheduling.rules.inputs import Demand, EntriesByDate, Facts

# A plan is made without the answer of one of these as well; a person has to approve it then.
_SAFETY_SIBLINGS = (Sibling.WEATHER, Sibling.TRAIL_MANAGEMENT, Sibling.LOCATION_SERVICES, Sibling.GUIDE_MANAGEMENT)


def reasons_to_approve(guide_ids: Iterable[UUID], demand: Demand, facts: Facts, entered: EntriesByDate) -> list[str]:
    """Return the reasons for a person's approval of a team: silent siblings, unread certificates, free-text notes."""
    snapshot = facts.snapshot
    reasons = [snapshot.unknown[sibling] for sibling in _SAFETY_SIBLINGS if not snapshot.knows(sibling)]
    for guide_id in guide_ids:
        guide = snapshot.guides.get(guide_id)
        name = guide.name if guide else f"guide {guide_id}"
        if guide and has_unread_certificates(guide, demand, snapshot):
            reasons.append(f"the certificates of {name} could not be read")
        note = notes_of(guide_id, demand, snapshot, entered.of(guide_id, demand.days))
        if note:
            reasons.append(f"{name} noted: {note}")
    return reasons
