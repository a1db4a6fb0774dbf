"""Fixtures of the optimizer's pages and addresses."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django_redis import get_redis_connection

from scheduling.daily_schedules import presence
from scheduling.domain.document import Departure
from tests.factories import DepartureFactory
from tests.optimization.departures import DEPARTURE_ID
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings


@pytest.fixture
def departure(siblings: SimulatedSiblings) -> Departure:
    """A draft departure of a real trip in two days, without a team."""
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    trip = trips.json()["data"][0]
    starts_at = datetime.combine(siblings.today + timedelta(days=2), time(18), UTC)
    planned = DepartureFactory(
        trip_id=trip["id"],
        activity_type=trip["activity_type"],
        region_id=trip["region_id"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
    )
    put({DEPARTURE_ID: planned}, starts_at.date())
    return planned


@pytest.fixture
def nobody_optimizes() -> Iterator[None]:
    """No process says that it optimizes anything, or did."""
    get_redis_connection("default").flushdb()
    yield
    presence.reset_backoff()
