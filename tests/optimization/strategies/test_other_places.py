"""Places for guests who have none: on one departure, on several, or on a new one."""

from datetime import timedelta
from uuid import UUID, uuid4

from conflicts.detection import Cause
from conflicts.steps import Add, SeatWaiting
from optimization.strategies.other_places import search_other_places
from scheduling.domain.document import DepartureStatus
from tests.factories import TOMORROW, GuideFactory, TripFactory, at
from tests.optimization.strategies.hand_made import World, booked, facts_with, outing, solutions

TRIP = TripFactory(name="Ridge walk")
ANA, BEN, CLEO = (GuideFactory(name=name, max_group_size=12) for name in ("Ana", "Ben", "Cleo"))
OURS, NEAR, FAR = uuid4(), uuid4(), uuid4()
NEXT_DAY = TOMORROW + timedelta(days=1)
COUPLE, FAMILY = UUID(int=2), UUID(int=5)
WAITING = {COUPLE: 2, FAMILY: 5}
FACTS = facts_with(ANA, BEN, CLEO, trips=[TRIP], past_starts={TRIP.id: ["09:00", "13:00"]})


def walk(hour: int, *team: object, **fields: object) -> object:
    return outing(hour, *team, **{"trip_id": TRIP.id, "trip_name": TRIP.name} | fields)  # type: ignore[arg-type]


def world(*, near_room: int, far_room: int) -> World:
    near = walk(9, ANA, reservations=booked(12 - near_room))
    far = walk(9, BEN, day=NEXT_DAY, reservations=booked(12 - far_room))
    return World({TOMORROW: {NEAR: near}, NEXT_DAY: {FAR: far}}, FACTS)  # type: ignore[dict-item]


def test_all_who_wait_go_on_one_departure_of_their_date_where_it_has_room() -> None:
    problem = world(near_room=8, far_room=8).waiting_problem(TRIP.id, WAITING)

    first = solutions(search_other_places, problem)[0]

    assert first.steps == (SeatWaiting(day=TOMORROW, departure_id=NEAR, reservations=(COUPLE, FAMILY)),)
    assert first.changed[TOMORROW].departures[NEAR].participants == 11


def test_those_who_wait_go_on_several_departures_where_no_single_one_has_room() -> None:
    problem = world(near_room=2, far_room=6).waiting_problem(TRIP.id, WAITING)

    first = solutions(search_other_places, problem)[0]

    assert {(step.departure_id, step.reservations) for step in first.steps if isinstance(step, SeatWaiting)} == {
        (NEAR, (COUPLE,)),
        (FAR, (FAMILY,)),
    }


def test_those_who_wait_get_a_departure_of_their_own_at_another_hour_of_the_trip() -> None:
    problem = world(near_room=1, far_room=1).waiting_problem(TRIP.id, WAITING)

    first = solutions(search_other_places, problem)[0]

    add = first.steps[0]
    assert isinstance(add, Add)
    new = first.changed[TOMORROW].departures[add.departure_id]
    assert (new.starts_at, new.reservations, bool(new.team)) == (at(13), WAITING, True)


def test_guests_of_a_cancelled_departure_go_on_several_others() -> None:
    ours = walk(9, reservations=WAITING, status=DepartureStatus.CANCELLED)
    departures = world(near_room=2, far_room=6).departures
    both = World({**departures, TOMORROW: {**departures[TOMORROW], OURS: ours}}, FACTS)  # type: ignore[dict-item]
    problem = both.problem(Cause.GUESTS_WITHOUT_PLACE, OURS)

    first = solutions(search_other_places, problem)[0]

    assert first.changed[TOMORROW].departures[OURS].participants == 0
    assert first.changed[TOMORROW].departures[NEAR].reservations[COUPLE] == 2
    assert first.changed[NEXT_DAY].departures[FAR].reservations[FAMILY] == 5
