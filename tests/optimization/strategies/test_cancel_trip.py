"""Cancelling, the last resort."""

from dataclasses import replace
from uuid import uuid4

import pytest

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.resolution.candidates import search_options
from conflicts.resolution.problem import Problem
from conflicts.resolution.registry import registered_last_resorts, registered_searches
from conflicts.steps import Cancel
from novatrek_scheduling.deadline import Deadline
from optimization.strategies.cancel_trip import search_cancellations
from tests.factories import TOMORROW, GuideFactory, TrailFactory, TripFactory
from tests.optimization.strategies.hand_made import World, booked, facts_with, outing

TRIP = TripFactory(name="Ridge walk")
ANA = GuideFactory(name="Ana")
OURS = uuid4()


def unstaffed(**fields: object) -> Problem:
    ours = outing(9, trip_id=TRIP.id, trip_name=TRIP.name, reservations=booked(4))
    return World({TOMORROW: {OURS: ours}}, facts_with(trips=[TRIP], **fields)).problem(Cause.NO_LEAD, OURS)


def test_a_departure_is_cancelled_as_the_last_resort_and_its_guests_are_told() -> None:
    problem = unstaffed()

    assert search_options(problem, registered_searches(), Deadline.after(2)) == []
    [cancel] = search_options(problem, registered_last_resorts(), Deadline.after(2))

    assert cancel.strategy is Strategy.RESCHEDULE_TRIP
    assert cancel.steps == (Cancel(day=TOMORROW, departure_id=OURS),)
    assert (cancel.estimated_affected_guests, cancel.requires_guest_notification) == (4, True)
    assert cancel.figures.guests_without_place == 4


def test_a_departure_on_a_closed_trail_is_cancelled_as_part_of_closing_it() -> None:
    trail = TrailFactory(status="CLOSED")
    ours = outing(9, ANA, trip_id=TRIP.id, trail_id=trail.id, reservations=booked(4))
    world = World({TOMORROW: {OURS: ours}}, facts_with(ANA, trips=[TRIP], trails=[trail]))

    [(strategy, _)] = search_cancellations(world.problem(Cause.TRAIL, OURS))

    assert strategy is Strategy.CLOSE_TRAIL


@pytest.mark.parametrize("cause", [Cause.CATALOG_MOVED, Cause.GUESTS_WITHOUT_PLACE, Cause.GUIDE_NOTE])
def test_what_no_cancellation_is_about_is_not_cancelled(cause: Cause) -> None:
    problem = unstaffed()

    assert not list(search_cancellations(with_cause(problem, cause)))


def with_cause(problem: Problem, cause: Cause) -> Problem:
    return replace(problem, details={**problem.details, "cause": cause})
