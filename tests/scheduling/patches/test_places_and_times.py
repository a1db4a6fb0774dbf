"""A dispatcher changes trails, locations and times of departures, within what the siblings know."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client

from optimization.days.services import take_planning_snapshot
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER
from tests.scheduling.patches.calls import change
from tests.scheduling.patches.planned_day import led_alone, put_team
from tests.scheduling.writes import stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


def test_a_trail_that_is_not_there_is_refused(client: Client, day: date) -> None:
    key, _ = led_alone(day)

    response = change(client, key, {"trail_id": str(uuid4())}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "UNKNOWN_TRAIL")


def test_a_trail_of_another_region_is_refused(client: Client, day: date, siblings: SimulatedSiblings) -> None:
    key, before = led_alone(day)
    regions = {id_: trail.region_id for id_, trail in take_planning_snapshot(day, None).trails.items()}
    elsewhere = next(id_ for id_, region in sorted(regions.items()) if region != before.region_id)

    response = change(client, key, {"trail_id": str(elsewhere)}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "UNKNOWN_TRAIL")


def test_a_guide_has_to_be_free_on_every_day_of_a_long_trip_and_may_be(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, before = led_alone(day)
    guide_id, last = str(before.team[0].guide_id), day + timedelta(days=13)
    longer = {"ends_at": (before.ends_at + timedelta(days=12)).isoformat()}
    siblings.open_trail(str(before.trail_id))
    siblings.calm_the_weather(str(before.region_id))
    siblings.send_guide_away(guide_id, last - timedelta(days=3), last)

    refused = change(client, key, longer, at=day)
    siblings.call_guide_back(guide_id, day, last)
    caches["siblings"].clear()
    allowed = change(client, key, longer, at=day)

    assert (refused.status_code, refused.json()["code"]) == (422, "HARD_RULE_VIOLATED")
    assert allowed.status_code == 200, allowed.json()


def test_times_are_written_by_the_clock_of_the_region(client: Client, day: date) -> None:
    key, before = led_alone(day)
    put_team(client, day, key, [])
    starts_at = before.starts_at + timedelta(minutes=30)

    response = change(client, key, {"starts_at": starts_at.astimezone().isoformat()}, at=day)

    shown = response.json()["assignments"]["departures"][str(key)]["starts_at"]
    assert shown == starts_at.isoformat()
    assert stored(day)[key].starts_at.utcoffset() == before.starts_at.utcoffset()


@pytest.mark.parametrize(("field", "hours"), [("starts_at", 24), ("ends_at", -24), ("ends_at", 24 * 60)])
def test_times_that_cannot_be_are_refused(client: Client, day: date, field: str, hours: int) -> None:
    key, before = led_alone(day)
    instant = getattr(before, field) + timedelta(hours=hours)

    response = change(client, key, {field: instant.isoformat()}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert stored(day)[key] == before


@pytest.mark.parametrize("elsewhere", [None, "33333333-3333-4333-8333-333333333333"])
def test_nobody_leaves_from_where_nobody_counts(client: Client, day: date, elsewhere: str | None) -> None:
    key, before = led_alone(day)

    response = change(client, key, {"location_id": elsewhere}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert stored(day)[key] == before


def test_a_confirmed_team_is_approved_anew_for_another_plan_with_open_questions(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, before = led_alone(day)
    publish_departures(day, author=DISPATCHER, by_machine=False, override_warnings=True, departure_ids=[key])
    siblings.switch("svc-weather", "down")
    caches["siblings"].clear()

    ends_at = (before.ends_at - timedelta(minutes=30)).isoformat()
    response = change(client, key, {"ends_at": ends_at}, at=day)

    assert response.status_code == 200, response.json()
    assert stored(day)[key].needs_approval
