"""What each rule of detection finds and what it does not, the closest on either side of the line included."""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from conflicts.detection import Cause, Severity
from conflicts.detection.severity import severity_of_excess
from tests.conflicts.detection.examples import EXAMPLES, Example, Place
from tests.conflicts.detection.scenes import detect_among
from tests.factories import DepartureFactory, at


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_rule_finds_what_lies_beyond_its_line_and_nothing_short_of_it(example: Example) -> None:
    detection = example.detect()

    assert (example.cause in {conflict.cause for conflict in detection.conflicts}) is example.is_found
    assert example.cause.value in {cause for cause, _ in detection.judged}


def test_every_rule_has_an_example_on_either_side_of_its_line_near_and_far() -> None:
    places = defaultdict(set)
    for example in EXAMPLES:
        places[example.cause].add(example.place)

    assert dict(places) == {cause: set(Place) for cause in Cause}


@pytest.mark.parametrize(
    ("now", "found"), [(at(11, 59), 1), (at(12), 0)], ids=["a minute before its end", "at its end"]
)
def test_a_departure_is_judged_until_its_end(now: datetime, found: int) -> None:
    assert len(detect_among(DepartureFactory(participants=30), now=now).conflicts) == found


@pytest.mark.parametrize(
    ("now", "severity"),
    [
        (at(9) - timedelta(hours=24, seconds=1), Severity.MEDIUM),
        (at(9) - timedelta(hours=24), Severity.CRITICAL),
        (at(11, 59), Severity.CRITICAL),
    ],
    ids=["a second more than a day before", "a day before", "under way"],
)
def test_a_conflict_is_critical_from_a_day_before_the_start_on(now: datetime, severity: Severity) -> None:
    [conflict] = detect_among(DepartureFactory(participants=30), now=now).conflicts

    assert conflict.severity is severity


def test_a_tenth_too_many_is_slight_and_one_more_is_not() -> None:
    departure, now = DepartureFactory(), at(9) - timedelta(days=7)

    def severity(people: int, allowed: int) -> Severity:
        return severity_of_excess(departure, people, allowed, now)

    tens = range(10, 1001, 10)
    assert {severity(ten + ten // 10, ten) for ten in tens} == {Severity.LOW}
    assert {severity(ten + ten // 10 + 1, ten) for ten in tens} == {Severity.MEDIUM}
