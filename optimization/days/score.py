"""The score of a plan, 0 to 100."""

from collections.abc import Mapping
from uuid import UUID

from scheduling.domain.document import Departure

GUESTS, KEPT, QUALITY = 60.0, 20.0, 20.0


def day_score(base: Mapping[UUID, Departure], planned: Mapping[UUID, Departure]) -> float:
    """Return the score of a plan, 0 to 100: 60 for guests, 20 for kept assignments, 20 for the mean pairing score.

    `base` has the departures as they were, `planned` as they are to be. A day without departures scores 100.
    """
    guests = sum(max(departure.participants, 1) for departure in planned.values())
    if not guests:
        return GUESTS + KEPT + QUALITY
    served = sum(max(departure.participants, 1) for departure in planned.values() if departure.team)
    scores = [member.score for departure in planned.values() for member in departure.team]
    quality = sum(scores) / len(scores) if scores else 0.0
    return GUESTS * served / guests + KEPT * _kept(base, planned) + QUALITY * quality


def _kept(base: Mapping[UUID, Departure], planned: Mapping[UUID, Departure]) -> float:
    before = {(key, guide) for key, departure in base.items() for guide in departure.guide_ids}
    after = {(key, guide) for key, departure in planned.items() for guide in departure.guide_ids}
    return len(before & after) / len(before) if before else 1.0
