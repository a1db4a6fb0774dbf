"""Other sizes: an assistant, more places, or no more guests than are allowed, by who booked last."""

from datetime import timedelta
from uuid import UUID, uuid4

from conflicts.detection import Cause
from conflicts.resolution.candidates import option_of
from conflicts.steps import LeaveOut, Reassign, Resize
from optimization.strategies.adjust_capacity import search_other_sizes
from scheduling.domain.document import Departure
from tests.factories import TOMORROW, GuideFactory, TrailFactory, TripFactory
from tests.optimization.strategies.hand_made import NOW, World, facts_with, outing, solutions

TRIP = TripFactory(name="Ridge walk", max_participants=14)
ANA, BEN = GuideFactory(name="Ana", max_group_size=8), GuideFactory(name="Ben", max_group_size=8)
NARROW, WIDE = TrailFactory(name="Narrow", max_group_size=6), TrailFactory(name="Wide", max_group_size=20)
OURS = uuid4()
EARLY, LATER, LAST = (UUID(int=n) for n in (1, 2, 3))
BOOKED = {key: NOW - timedelta(days=days) for key, days in ((EARLY, 9), (LATER, 5), (LAST, 1))}


def crowd(**fields: object) -> Departure:
    """Ten guests, led by two."""
    usual = {"trip_id": TRIP.id, "trip_name": TRIP.name, "trail_id": WIDE.id}
    return outing(9, ANA, BEN, **{**usual, "reservations": {EARLY: 4, LATER: 2, LAST: 4}, **fields})


def world(departure: Departure) -> World:
    return World({TOMORROW: {OURS: departure}}, facts_with(ANA, BEN, trips=[TRIP], trails=[NARROW, WIDE]))


def test_a_group_is_capped_at_what_its_trail_takes_and_the_last_bookings_lose_their_place() -> None:
    problem = world(crowd(trail_id=NARROW.id)).problem(Cause.TRAIL_GROUP_SIZE, OURS, booked=BOOKED)

    [cap] = solutions(search_other_sizes, problem)

    at = {"day": TOMORROW, "departure_id": OURS}
    assert cap.steps == (Resize(**at, places=6), LeaveOut(**at, reservations=(LAST,)))
    assert cap.changed[TOMORROW].departures[OURS].reservations == {EARLY: 4, LATER: 2}


def test_the_option_says_who_loses_their_place_and_that_they_are_told() -> None:
    problem = world(crowd(trail_id=NARROW.id)).problem(Cause.TRAIL_GROUP_SIZE, OURS, booked=BOOKED)
    [candidate] = search_other_sizes(problem)

    option = option_of(candidate, problem)

    assert option is not None
    assert "4 guests of Ridge walk" in option.description
    assert "(1 reservation) have no place any more" in option.description
    assert (option.figures.guests_without_place, option.requires_guest_notification) == (4, True)


def test_a_team_that_is_too_small_gets_an_assistant_before_guests_lose_their_place() -> None:
    alone = crowd()
    alone.team.pop()
    problem = world(alone).problem(Cause.TEAM_GROUP_SIZE, OURS, booked=BOOKED)

    assistant, cap = solutions(search_other_sizes, problem)

    assert isinstance(assistant.steps[0], Reassign)
    assert cap.steps[-1] == LeaveOut(day=TOMORROW, departure_id=OURS, reservations=(LAST,))


def test_a_departure_with_too_few_places_gets_more_before_guests_lose_theirs() -> None:
    problem = world(crowd(capacity=6)).problem(Cause.DEPARTURE_CAPACITY, OURS, booked=BOOKED)

    more, cap = solutions(search_other_sizes, problem)

    assert more.steps == (Resize(day=TOMORROW, departure_id=OURS, places=10),)
    assert cap.steps == (LeaveOut(day=TOMORROW, departure_id=OURS, reservations=(LAST,)),)


def test_seats_that_the_catalog_sold_without_a_known_reservation_cannot_be_taken() -> None:
    sold = crowd(trail_id=NARROW.id, reservations={EARLY: 2}, participants=10)
    problem = world(sold).problem(Cause.TRAIL_GROUP_SIZE, OURS, booked=BOOKED)

    assert solutions(search_other_sizes, problem) == []
