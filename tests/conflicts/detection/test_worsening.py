import pytest

from conflicts.detection import Cause
from conflicts.detection.worsening import is_covered

ACCEPTED = {"people": 16, "allowed": 10}
GUESTS = {"reservations": {"first": 2, "second": 3}, "people": 5, "allowed": 0}


@pytest.mark.parametrize(
    ("people", "allowed", "covered"),
    [(16, 10, True), (15, 10, True), (16, 11, True), (17, 10, False), (16, 9, False), (12, 9, False)],
)
@pytest.mark.parametrize("cause", [Cause.DEPARTURE_CAPACITY, Cause.TRAIL_GROUP_SIZE, Cause.TEAM_GROUP_SIZE])
def test_more_people_or_fewer_places_are_worse(cause: Cause, people: int, allowed: int, covered: bool) -> None:
    assert is_covered(cause, {"people": people, "allowed": allowed}, ACCEPTED) is covered


def test_a_crowd_at_another_base_camp_is_another_one() -> None:
    here, there = ACCEPTED | {"location_id": "here"}, ACCEPTED | {"location_id": "there"}

    assert is_covered(Cause.LOCATION_CAPACITY, here, here)
    assert not is_covered(Cause.LOCATION_CAPACITY, there, here)


def test_fewer_of_the_same_guests_are_covered_and_others_are_not() -> None:
    assert is_covered(Cause.GUESTS_WITHOUT_PLACE, {"reservations": {"first": 2}, "people": 2}, GUESTS)
    assert not is_covered(Cause.GUESTS_WITHOUT_PLACE, {"reservations": {"third": 1}, "people": 1}, GUESTS)


def test_an_alert_that_differs_is_for_a_person_to_judge() -> None:
    assert not is_covered(Cause.WEATHER_WARNING, {"alert_severity": "ADVISORY"}, {"alert_severity": "WATCH"})


def test_what_nobody_may_accept() -> None:
    forbidden = {cause for cause in Cause if not cause.may_be_accepted}

    assert forbidden == {
        Cause.CERTIFICATION,
        Cause.RESTRICTION,
        Cause.OVERLAP,
        Cause.REST,
        Cause.NO_LEAD,
        Cause.NO_TRAIL,
    }
