"""Guide adjustments for a later day of a trip of several days."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from conflicts.models import ScheduleConflict
from optimization.days.services import take_planning_snapshot
from scheduling.domain.document import Announcement, Departure, DepartureStatus
from scheduling.domain.facts import Snapshot, Trail
from scheduling.domain.local_time import combine
from tests.factories import DepartureFactory, lead
from tests.scheduling.patches.calls import enter
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


def three_days_on(trail: Trail, day: date, snapshot: Snapshot) -> Departure:
    """A published trip on a trail of the siblings, led by one guide of that region."""
    region = snapshot.regions[trail.region_id]
    trip = next(candidate for _, candidate in sorted(snapshot.trips.items()) if candidate.region_id == region.id)
    guide = next(candidate for _, candidate in sorted(snapshot.guides.items()) if candidate.works_in(region))
    starts_at = combine(day, "09:00", region.timezone)
    return DepartureFactory(
        trip_id=trip.id,
        region_id=region.id,
        trail_id=trail.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=2, hours=8),
        status=DepartureStatus.PUBLISHED,
        team=[lead(guide)],
        published=Announcement(guide_ids=[guide.id], trail_id=trail.id, starts_at=starts_at),
    )


@pytest.mark.parametrize(
    "restriction", [{"kind": "MAX_ALTITUDE_M", "value": 1}, {"kind": "MAX_DIFFICULTY", "value": "EASY"}]
)
@pytest.mark.parametrize("days_later", [0, 1, 2])
def test_ground_that_is_too_hard_on_any_day_of_a_trip_is_a_conflict(
    client: Client, siblings: SimulatedSiblings, restriction: dict[str, Any], days_later: int
) -> None:
    day, key = siblings.today + timedelta(days=3), uuid4()
    snapshot = take_planning_snapshot(day, None)
    trail = next(candidate for _, candidate in sorted(snapshot.trails.items()) if is_hard(candidate))
    departure = three_days_on(trail, day, snapshot)
    put({key: departure}, day)

    entered = enter(
        client, departure.team[0].guide_id, {"restrictions": [restriction]}, day=day + timedelta(days=days_later)
    )

    assert entered.status_code == 200, entered.content
    assert "RESTRICTION" in causes_of(key)


def is_hard(trail: Trail) -> bool:
    return bool(trail.elevation_gain_m and trail.difficulty and trail.difficulty.rank)


def causes_of(departure_id: UUID) -> set[str]:
    conflicts = ScheduleConflict.objects.open().filter(details__departure_ids=[str(departure_id)])
    return {conflict.details["cause"] for conflict in conflicts}
