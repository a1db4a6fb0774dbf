"""The rating of a change: how fair the hours of a region's guides are, and what the plan scores."""

from dataclasses import replace
from uuid import UUID

import pytest

from conflicts.detection import Cause
from conflicts.resolution.judging import change_by
from conflicts.resolution.shared_reading import SharedReading
from conflicts.steps import Cancel, Reassign
from optimization.candidates.workload import hours_led
from optimization.days.ratings import fairness, guides_at_home, rate_change
from scheduling.domain.document import Departure
from tests.factories import REGION_ID, TOMORROW, GuideFactory, TripFactory, facts_of
from tests.optimization.strategies.hand_made import World, booked, facts_with, outing

ANA, BEN, CLEO = (GuideFactory(id=UUID(int=number), name=name) for number, name in enumerate(("Ana", "Ben", "Cleo"), 1))
FROM_ELSEWHERE = GuideFactory(id=UUID(int=9), region_ids=("utah",))
TRIP = TripFactory()
FIRST, SECOND = UUID(int=21), UUID(int=22)


def fairness_of(*departures: Departure) -> float:
    facts = facts_of(guides=[ANA, BEN, CLEO, FROM_ELSEWHERE], trips=[TRIP])
    return fairness(hours_led(departures), facts, guides_at_home(facts, {REGION_ID}))


def test_the_same_hours_for_all_are_as_fair_as_can_be() -> None:
    assert fairness_of() == 1.0
    assert fairness_of(outing(8, ANA), outing(8, BEN), outing(8, CLEO)) == pytest.approx(1.0)


def test_all_hours_for_one_of_three_are_a_third() -> None:
    assert fairness_of(outing(8, ANA)) == pytest.approx(1 / 3)


def test_guides_whose_home_is_elsewhere_do_not_count() -> None:
    assert fairness_of(outing(8, FROM_ELSEWHERE)) == 1.0


def test_a_team_for_guests_without_one_scores_higher_and_is_fairer() -> None:
    unled = outing(9, trip_id=TRIP.id, reservations=booked(4))
    departures = {FIRST: unled, SECOND: outing(9, ANA, trip_id=TRIP.id, reservations=booked(4))}
    problem = World({TOMORROW: departures}, facts_with(ANA, BEN, CLEO, trips=[TRIP])).problem(Cause.NO_LEAD, FIRST)
    changed = change_by(problem, (Reassign(day=TOMORROW, departure_id=FIRST, joining=(BEN.id,)),))
    assert changed

    rated = rate_change(problem, problem.documents, changed)

    assert rated.score_after > rated.score_before
    assert rated.fairness_after > rated.fairness_before


def test_guests_of_what_is_cancelled_are_not_served() -> None:
    led = outing(9, ANA, trip_id=TRIP.id, reservations=booked(4), capacity=2)
    problem = World({TOMORROW: {FIRST: led}}, facts_with(ANA, trips=[TRIP])).problem(Cause.DEPARTURE_CAPACITY, FIRST)
    changed = change_by(problem, (Cancel(day=TOMORROW, departure_id=FIRST),))
    assert changed

    rated = rate_change(problem, problem.documents, changed)

    assert rated.score_before - rated.score_after >= 60


def test_a_change_is_rated_against_the_documents_of_its_own_conflict() -> None:
    """A plan for many conflicts finds the documents of each as the options before it leave them."""
    led = {
        key: outing(9, guide, trip_id=TRIP.id, reservations=booked(4))
        for key, guide in {FIRST: ANA, SECOND: BEN}.items()
    }
    first = World({TOMORROW: led}, facts_with(ANA, trips=[TRIP])).problem(Cause.NOT_AVAILABLE, SECOND)
    changed = change_by(first, (Cancel(day=TOMORROW, departure_id=SECOND),))
    assert changed
    second = replace(first, documents={**first.documents, **changed})
    after = change_by(second, (Cancel(day=TOMORROW, departure_id=FIRST),))
    assert after

    rate_change(first, first.documents, changed)
    rated, alone = (
        rate_change(problem, second.documents, after) for problem in (second, replace(second, kept=SharedReading()))
    )

    assert rated == alone
