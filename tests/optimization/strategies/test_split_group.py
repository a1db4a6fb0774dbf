"""Splits of groups that are too large: those who booked last go on another departure, no reservation in parts."""

from datetime import timedelta
from uuid import UUID, uuid4

from conflicts.detection import Cause
from conflicts.steps import Add, MoveGuests, Reassign
from optimization.strategies.other_departures import latest_bookings
from optimization.strategies.split_group import search_splits
from scheduling.domain.document import Departure
from tests.factories import TOMORROW, GuideFactory, TrailFactory, TripFactory, at
from tests.optimization.strategies.hand_made import NOW, World, booked, facts_with, outing, solutions

TRIP = TripFactory(name="Ridge walk")
ANA, BEN = GuideFactory(name="Ana", max_group_size=12), GuideFactory(name="Ben", max_group_size=12)
NARROW = TrailFactory(name="Narrow", max_group_size=6)
OURS, OTHER = uuid4(), uuid4()
EARLY, LATER, LAST = (UUID(int=n) for n in (1, 2, 3))
STARTS = {TRIP.id: ["09:00", "13:00"]}
BOOKED = {key: NOW - timedelta(days=days) for key, days in ((EARLY, 9), (LATER, 5), (LAST, 1))}


def crowd(**fields: object) -> Departure:
    """Ten guests on a trail for six."""
    usual = {"trip_id": TRIP.id, "trip_name": TRIP.name, "trail_id": NARROW.id}
    return outing(9, ANA, **{**usual, "reservations": {EARLY: 4, LATER: 2, LAST: 4}, **fields})


def test_the_last_bookings_go_at_another_hour_of_the_trip_with_a_team_of_their_own() -> None:
    facts = facts_with(ANA, BEN, trips=[TRIP], trails=[NARROW], past_starts=STARTS)
    problem = World({TOMORROW: {OURS: crowd()}}, facts).problem(Cause.TRAIL_GROUP_SIZE, OURS, booked=BOOKED)

    split = solutions(search_splits, problem)[0]

    add, move, reassign = split.steps
    assert isinstance(add, Add)
    assert isinstance(move, MoveGuests)
    assert isinstance(reassign, Reassign)
    after = split.changed[TOMORROW].departures
    new = after[add.departure_id]
    assert (new.starts_at, new.reservations, bool(new.team)) == (at(13), {LAST: 4}, True)
    assert after[OURS].reservations == {EARLY: 4, LATER: 2}


def test_they_go_on_a_departure_that_goes_anyway_where_it_has_room() -> None:
    facts = facts_with(ANA, BEN, trips=[TRIP], trails=[NARROW], past_starts=STARTS)
    other = outing(13, BEN, trip_id=TRIP.id, trail_id=NARROW.id, reservations=booked(2))
    departures = {OURS: crowd(), OTHER: other}
    problem = World({TOMORROW: departures}, facts).problem(Cause.TRAIL_GROUP_SIZE, OURS, booked=BOOKED)

    split = solutions(search_splits, problem)[0]

    assert [step.kind for step in split.steps] == ["move_guests"]
    assert split.changed[TOMORROW].departures[OTHER].participants == 6


def test_a_group_that_no_team_can_lead_in_one_goes_in_two() -> None:
    four = [GuideFactory(max_group_size=2, name=name) for name in ("Ada", "Bo", "Cy", "Di")]
    facts = facts_with(*four, trips=[TRIP], past_starts=STARTS)
    group = outing(9, trip_id=TRIP.id, reservations={EARLY: 4, LATER: 2, LAST: 4})
    problem = World({TOMORROW: {OURS: group}}, facts).problem(Cause.NO_LEAD, OURS, booked=BOOKED)

    split = solutions(search_splits, problem)[0]

    after = split.changed[TOMORROW].departures
    assert all(departure.team for departure in after.values())
    assert after[OURS].reservations == {EARLY: 4, LATER: 2}


def test_a_group_is_not_split_where_its_only_reservation_would_be() -> None:
    facts = facts_with(ANA, BEN, trips=[TRIP], trails=[NARROW], past_starts=STARTS)
    problem = World({TOMORROW: {OURS: crowd(reservations={LAST: 10})}}, facts).problem(Cause.TRAIL_GROUP_SIZE, OURS)

    assert solutions(search_splits, problem) == []


def test_those_who_booked_last_leave_first() -> None:
    departure = crowd()

    assert latest_bookings(departure, 1, BOOKED) == (LAST,)
    assert latest_bookings(departure, 5, BOOKED) == (LAST, LATER)
    assert latest_bookings(departure, 11, BOOKED) == ()
    assert latest_bookings(departure, 5, {EARLY: NOW}) == (EARLY, LAST)
