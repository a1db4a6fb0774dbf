from uuid import UUID, uuid4

import pytest

from scheduling.siblings import SiblingUnavailable
from scheduling.snapshot import InactiveTrip, UnknownGuide, UnknownTrip, look_up_guides, look_up_trip
from tests.scheduling.siblings.examples import a_hike, calls_made
from tests.siblings import SimulatedSiblings


def test_a_trip_is_looked_up(siblings: SimulatedSiblings) -> None:
    assert look_up_trip(a_hike(siblings)).id == a_hike(siblings)


def test_a_trip_is_looked_up_once_in_a_while(siblings: SimulatedSiblings) -> None:
    look_up_trip(a_hike(siblings))
    before = calls_made()

    look_up_trip(a_hike(siblings))

    assert calls_made() == before


def test_an_unknown_trip_names_its_field(siblings: SimulatedSiblings) -> None:
    with pytest.raises(UnknownTrip) as refused:
        look_up_trip(uuid4(), field="constraints.trip_id")

    assert [problem.field for problem in refused.value.problems] == ["constraints.trip_id"]


def test_an_inactive_trip_is_refused_unless_it_may_be(siblings: SimulatedSiblings) -> None:
    trip_id = UUID(siblings.summary()["inactive_trip_ids"][0])

    with pytest.raises(InactiveTrip):
        look_up_trip(trip_id)

    assert not look_up_trip(trip_id, must_be_active=False).is_active


def test_guides_are_looked_up_and_the_unknown_ones_named(siblings: SimulatedSiblings) -> None:
    existing, missing = UUID(siblings.summary()["guide_ids"][0]), uuid4()
    assert set(look_up_guides([existing, existing])) == {existing}

    with pytest.raises(UnknownGuide, match=f"{missing}") as refused:
        look_up_guides([existing, missing], field="required_guide_ids")

    assert [problem.field for problem in refused.value.problems] == ["required_guide_ids"]


@pytest.mark.parametrize("trouble", ["down", "failing", "off_contract"])
def test_a_lookup_that_nobody_answers_says_so(siblings: SimulatedSiblings, trouble: str) -> None:
    siblings.switch("svc-trip-catalog", trouble)
    siblings.switch("svc-guide-management", trouble)

    with pytest.raises(SiblingUnavailable):
        look_up_trip(a_hike(siblings))
    with pytest.raises(SiblingUnavailable):
        look_up_guides([uuid4()])
