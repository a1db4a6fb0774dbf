"""Mergers: all guests of a departure go on another one of their trip that goes anyway."""

from datetime import timedelta
from uuid import uuid4

import pytest

from conflicts.detection import Cause
from optimization.strategies.merge_departures import search_mergers
from scheduling.domain.document import DepartureStatus
from tests.factories import TOMORROW, GuideFactory, TripFactory
from tests.optimization.strategies.hand_made import World, booked, facts_with, outing, solutions

TRIP = TripFactory(name="Ridge walk")
ANA, BEN = GuideFactory(name="Ana", max_group_size=12), GuideFactory(name="Ben", max_group_size=12)
FACTS = facts_with(ANA, BEN, trips=[TRIP])
OURS, NEAR, FAR = uuid4(), uuid4(), uuid4()
NEXT_DAY = TOMORROW + timedelta(days=1)


def walk(hour: int, *team: object, **fields: object) -> object:
    return outing(hour, *team, **{"trip_id": TRIP.id, "trip_name": TRIP.name} | fields)  # type: ignore[arg-type]


def test_guests_go_on_the_nearest_departure_with_room_and_theirs_is_cancelled() -> None:
    ours, near = walk(9, reservations=booked(2, 3)), walk(14, ANA, reservations=booked(4))
    far = walk(9, BEN, day=NEXT_DAY, reservations=booked(1))
    problem = World({TOMORROW: {OURS: ours, NEAR: near}, NEXT_DAY: {FAR: far}}, FACTS).problem(Cause.NO_LEAD, OURS)

    first, second = solutions(search_mergers, problem)

    after = first.changed[TOMORROW].departures
    assert after[NEAR].reservations == {**near.reservations, **ours.reservations}
    assert (after[OURS].status, after[OURS].rescheduled_to) == (DepartureStatus.CANCELLED, NEAR)
    assert (after[OURS].participants, after[NEAR].participants) == (0, 9)
    assert second.changed[NEXT_DAY].departures[FAR].participants == 6


@pytest.mark.parametrize(
    ("ours", "near"),
    [
        pytest.param({"reservations": booked(9)}, {}, id="no room"),
        pytest.param({"participants": 3, "reservations": booked(2)}, {}, id="a seat sold without a reservation"),
        pytest.param({}, {"team": []}, id="nobody leads the other one either"),
        pytest.param({}, {"status": DepartureStatus.CANCELLED}, id="the other one is cancelled"),
        pytest.param({}, {"capacity": 3}, id="the other one has a conflict of its own"),
    ],
)
def test_guests_are_not_moved_where_it_would_not_help(ours: dict[str, object], near: dict[str, object]) -> None:
    other = walk(14, ANA, reservations=booked(4)).model_copy(update=near)  # type: ignore[attr-defined]
    departures = {OURS: walk(9, **{"reservations": booked(2)} | ours), NEAR: other}
    problem = World({TOMORROW: departures}, FACTS).problem(Cause.NO_LEAD, OURS)  # type: ignore[dict-item]

    assert solutions(search_mergers, problem) == []
