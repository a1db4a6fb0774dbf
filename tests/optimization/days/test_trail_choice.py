"""A plan assigns no trail that is known to be closed, whatever else is unknown."""

from dataclasses import replace
from uuid import UUID

from scheduling.domain.facts import Sibling
from tests.factories import TrailFactory
from tests.optimization.verification.worlds import KEY, World, of_trip

CLOSED = TrailFactory(id=UUID(int=31), status="CLOSED")
OPEN = TrailFactory(id=UUID(int=32))
UNKNOWN_CONDITIONS = {"unknown": {Sibling.TRAIL_MANAGEMENT: "what is closed"}}


def test_a_closed_trail_is_replaced_although_others_are_not_known() -> None:
    world = World(departures={KEY: of_trip(trail_id=CLOSED.id)}, trails=(CLOSED, OPEN), overrides=UNKNOWN_CONDITIONS)

    planned = world.planned().planned[KEY]

    assert (planned.trail_id, bool(planned.team)) == (OPEN.id, True)


def test_a_departure_without_a_trail_keeps_none_where_they_are_not_known() -> None:
    planned = World(trails=(OPEN,), overrides=UNKNOWN_CONDITIONS).planned().planned[KEY]

    assert (planned.trail_id, planned.needs_approval) == (None, True)


def test_a_closed_trail_is_given_up_where_the_activity_needs_none() -> None:
    of_others = replace(CLOSED, activities=frozenset({"RAFTING"}))

    planned = World(departures={KEY: of_trip(trail_id=of_others.id)}, trails=(of_others,)).planned().planned[KEY]

    assert (planned.trail_id, bool(planned.team)) == (None, True)
