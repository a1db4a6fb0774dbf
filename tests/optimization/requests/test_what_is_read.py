"""A query reads the departures that bear on it, and leaves the others of its dates as JSON."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from optimization.requests.inputs import InputsLoader
from optimization.requests.query import TripQuery
from optimization.requests.snapshot import take_query_snapshot
from optimization.requests.time_budget import TimeBudget
from scheduling.domain.document import Departure
from tests.factories import DepartureFactory
from tests.scheduling.siblings.examples import SECONDS, a_hike, region_of, tomorrow
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

OF_THE_TRIP, FROM_THE_CAMP, ELSEWHERE = (UUID(int=number) for number in (1, 2, 3))


def tomorrow_at(siblings: SimulatedSiblings, clock: time, **fields: object) -> Departure:
    starts_at = datetime.combine(tomorrow(siblings), clock, ZoneInfo("America/Denver"))
    return DepartureFactory(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **fields)


@pytest.mark.django_db
def test_only_departures_of_the_trip_and_of_its_base_camp_are_read(siblings: SimulatedSiblings) -> None:
    trip_id = a_hike(siblings)
    query = TripQuery(trip_id, (tomorrow(siblings),))
    snapshot = take_query_snapshot(query, deadline_seconds=SECONDS)
    region_id = region_of(siblings, trip_id)
    camp = snapshot.locations[region_id].id
    put(
        {
            OF_THE_TRIP: tomorrow_at(siblings, time(15), trip_id=trip_id, region_id=region_id),
            FROM_THE_CAMP: tomorrow_at(siblings, time(9), region_id=uuid4(), location_id=camp),
            ELSEWHERE: tomorrow_at(siblings, time(9), region_id=uuid4(), location_id=uuid4()),
        },
        tomorrow(siblings),
    )

    with CaptureQueriesContext(connection) as captured:
        inputs = InputsLoader(TimeBudget(SECONDS)).load(query, snapshot)

    selected = [found["sql"] for found in captured.captured_queries if 'FROM "daily_schedules"' in found["sql"]]
    assert len(selected) == 1
    assert '"assignments",' not in selected[0]
    parsed = inputs.documents[tomorrow(siblings)].departures.looked_at
    assert {OF_THE_TRIP, FROM_THE_CAMP} <= parsed
    assert ELSEWHERE not in parsed
