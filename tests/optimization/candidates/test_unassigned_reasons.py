"""What the daily schedule keeps of why nobody leads a departure."""

from uuid import uuid4

import pytest

from scheduling.domain.document import Departure
from scheduling.domain.facts import Location
from tests.factories import REGION_ID, GuideFactory, TripFactory, facts_of
from tests.optimization.explanations.plans import ANA, BEN, CLEO, FIRST, facts_with, of_trip, planned

CAMP = Location(uuid4(), REGION_ID, 5)


@pytest.mark.parametrize(
    ("departure", "needed"),
    [
        (of_trip(participants=31, capacity=40), "one more guide who holds WILDERNESS_FIRST_AID and may lead 11"),
        (of_trip(location_id=CAMP.id), "a base camp that takes 3 more"),
    ],
)
def test_the_reason_says_what_is_lacking(departure: Departure, needed: str) -> None:
    plan = planned({FIRST: departure}, facts_with(ANA, BEN, CLEO, GuideFactory(), base_camp=CAMP))

    reason = plan.planned[FIRST].unassigned_reason
    assert reason
    assert reason.message.endswith(f"; possible with {needed}")


def test_where_nobody_may_lead_it_any_guide_with_what_the_trip_asks_would_do() -> None:
    free = TripFactory(required_certifications=frozenset())

    plan = planned({FIRST: of_trip(trip_id=free.id)}, facts_of(trips=[free]))

    reason = plan.planned[FIRST].unassigned_reason
    assert reason
    assert reason.message.endswith("; possible with one more guide who may lead 8")
