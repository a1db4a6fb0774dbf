"""The trails of a trip's departures, read without the departures of other trips."""

from uuid import uuid4

import pytest

from scheduling.daily_schedules.trails_of_trips import trails_of_trip
from tests.factories import TOMORROW, DepartureFactory, at
from tests.scheduling.daily_schedules.edits import NEXT_DAY
from tests.scheduling.writes import put, write_in_sql

pytestmark = pytest.mark.django_db


def test_trails_are_those_of_the_trip_on_the_dates() -> None:
    trip, today, later, others = uuid4(), uuid4(), uuid4(), uuid4()
    put({uuid4(): DepartureFactory(trip_id=trip, trail_id=today), uuid4(): DepartureFactory(trip_id=trip)})
    put({uuid4(): DepartureFactory(trail_id=others)})
    moved = {"starts_at": at(9, day=NEXT_DAY), "ends_at": at(12, day=NEXT_DAY)}
    put({uuid4(): DepartureFactory(trip_id=trip, trail_id=later, **moved)}, NEXT_DAY)

    assert trails_of_trip(trip, [TOMORROW]) == {today}
    assert trails_of_trip(trip, [TOMORROW, NEXT_DAY]) == {today, later}


def test_what_is_no_trail_is_none() -> None:
    trip, key = uuid4(), uuid4()
    put({key: DepartureFactory(trip_id=trip, trail_id=uuid4())})
    write_in_sql(f"{{departures,{key},trail_id}}", '"the old one"')

    assert trails_of_trip(trip, [TOMORROW]) == set()
