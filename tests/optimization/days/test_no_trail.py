"""A date on which no trail of a region can be used: a conflict of its trails, which no other guide would end."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import caches
from django.test import Client

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.resolution.option_search import compute_options
from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Departure
from tests.scheduling.writes import stored
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db
NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer")


@pytest.fixture
def without_trail(siblings: SimulatedSiblings) -> Mapping[str, Departure]:
    """The departures of tomorrow that have no trail, in a region whose trails are all closed."""
    day = tomorrow(siblings)
    region_id = a_region_of_hikes(siblings)
    set_trails(siblings, region_id, "CLOSED")
    optimize_day(day, [region_id], author=NIGHT)
    departures = {str(key): departure for key, departure in stored(day).items() if departure.lacks_trail}
    assert departures
    return departures


def a_region_of_hikes(siblings: SimulatedSiblings) -> UUID:
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    return UUID(trips.json()["data"][0]["region_id"])


def set_trails(siblings: SimulatedSiblings, region_id: UUID, status: str) -> None:
    for trail_id in siblings.summary()["trail_ids"]:
        if siblings.get("trails", trail_id)["region_id"] == str(region_id):
            siblings.alter("trails", trail_id, status=status)
    caches["siblings"].clear()


def tomorrow(siblings: SimulatedSiblings) -> date:
    return siblings.today + timedelta(days=1)


def shown(client: Client, day: date, kind: str) -> dict[str, Any]:
    """The conflicts of a type by the id of their first departure."""
    query = {"date": str(day), "page_size": 100, "type": kind}
    conflicts = client.get("/scheduling/v1/schedule-conflicts", query, headers=bearer()).json()["conflicts"]
    return {conflict["departure_ids"][0]: conflict for conflict in conflicts}


def test_it_is_a_conflict_of_trails_with_the_departure_and_its_trails(
    client: Client, siblings: SimulatedSiblings, without_trail: Mapping[str, Departure]
) -> None:
    about_trails = shown(client, tomorrow(siblings), "TRAIL_CLOSED")

    assert without_trail.keys() <= about_trails.keys()
    assert not without_trail.keys() & shown(client, tomorrow(siblings), "GUIDE_DOUBLE_BOOKED").keys()
    for key, departure in without_trail.items():
        assert departure.unassigned_reason
        assert about_trails[key]["affected_trail_ids"] == [str(i) for i in departure.unassigned_reason.trail_ids or ()]


def test_neither_another_guide_nor_closing_a_trail_is_offered(without_trail: Mapping[str, Departure]) -> None:
    conflict = ScheduleConflict.objects.filter(details__departure_ids__has_key=min(without_trail)).get()

    strategies = {option.strategy for option in compute_options(conflict, deadline_seconds=30)}

    assert not strategies & {Strategy.REASSIGN_GUIDE, Strategy.CLOSE_TRAIL}


def test_it_ends_when_a_trail_opens_and_the_date_is_planned_again(
    siblings: SimulatedSiblings, without_trail: Mapping[str, Departure]
) -> None:
    day, region_id = tomorrow(siblings), a_region_of_hikes(siblings)
    set_trails(siblings, region_id, "OPEN")

    optimize_day(day, [region_id], author=NIGHT)

    open_conflicts = ScheduleConflict.objects.open().filter(details__cause="NO_TRAIL")
    assert open_conflicts.count() == sum(departure.lacks_trail for departure in stored(day).values())
    assert open_conflicts.count() < len(without_trail)
