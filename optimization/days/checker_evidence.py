"""Evidence for the independent checker: the engagements of guides and the hazards that hold them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from optimization.candidates.assessment import PlanningContext
from optimization.verification.evidence import Engagement, Hold
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.rules import Facts


def engagements_of(
    guide_ids: Iterable[UUID], context: PlanningContext, *, without: Collection[UUID]
) -> dict[UUID, list[Engagement]]:
    """Return the engagements that the context has of these guides, `without` those of these departures."""
    engagements: dict[UUID, list[Engagement]] = defaultdict(list)
    for guide_id in guide_ids:
        engagements[guide_id] += [
            Engagement(commitment.departure_id, commitment.day, commitment.span.starts_at, commitment.span.ends_at)
            for commitment in context.commitments.get(guide_id, ())
            if commitment.departure_id not in without
        ]
    return engagements


def engagements_in(departures: Mapping[UUID, Departure], day: date) -> dict[UUID, list[Engagement]]:
    """Return the engagements of the teams of these departures of `day`, by guide."""
    engagements: dict[UUID, list[Engagement]] = defaultdict(list)
    for key, departure in departures.items():
        if departure.status != DepartureStatus.CANCELLED:
            for member in departure.team:
                engagements[member.guide_id].append(Engagement(key, day, departure.starts_at, departure.ends_at))
    return engagements


def holds_of(facts: Facts) -> list[Hold]:
    """Return the hazards of the facts as holds of trails and guides."""
    return [
        Hold(
            hazard.description,
            hazard.span.starts_at,
            hazard.span.ends_at,
            closed_trails=hazard.trail_ids if hazard.closes_trails else frozenset(),
            held_guides=hazard.guide_ids,
        )
        for hazard in facts.hazards
    ]
