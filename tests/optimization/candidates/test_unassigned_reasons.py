"""The reason for no team that the daily schedule keeps."""

from uuid import uuid4

import pytest

from scheduling.domain.document import Departure
from scheduling.domain.facts import Location
from tests.factories import REGION_ID, GuideFactory, TripFactory, facts_of
from tests.optimization.explanations.plans import ANA, BEN, CLEO, FIRST, facts_with, of_trip, planned

CAMP = Location(uuid4(), REGION_ID, 5)


@pytest.mark.parametrize(
    ("departure", "addition"),
    [
        (of_trip(participants=31, capacity=40), "one more guide who holds wilderness first aid and may lead 11"),
        (of_trip(location_id=CAMP.id), "a base camp that takes 3 more"),
    ],
)
def test_the_reason_names_a_sufficient_addition(departure: Departure, addition: str) -> None:
    plan = planned({FIRST: departure}, facts_with(ANA, BEN, CLEO, GuideFactory(), base_camp=CAMP))

    reason = plan.planned[FIRST].unassigned_reason
    assert reason
    assert reason.message.endswith(f"; possible with {addition}")


def test_without_candidates_any_guide_who_meets_the_trips_requirements_suffices() -> None:
    free = TripFactory(required_certifications=frozenset())

    plan = planned({FIRST: of_trip(trip_id=free.id)}, facts_of(trips=[free]))

    reason = plan.planned[FIRST].unassigned_reason
    assert reason
    assert reason.message.endswith("; possible with one more guide who may lead 8")
