"""The fragility of a date over the API."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from optimization.models import FragilityReport
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.models import DailySchedule
from tests.optimization.fragility.planned import plan_tomorrow, silence, write_again
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(siblings: SimulatedSiblings) -> date:
    """Tomorrow, planned."""
    return plan_tomorrow(siblings).schedule_date


def ask(client: Client, address: object, *, scopes: Any = ("scheduling:read",), **headers: str) -> Any:
    path = f"/scheduling/v1/daily-schedules/{address}/fragility"
    return client.get(path, headers=bearer(scopes) | headers)


def test_the_worst_losses_come_first_with_names_and_what_would_help(client: Client, day: date) -> None:
    response = ask(client, day)

    body = response.json()
    assert response.status_code == 200, body
    stored = read_drafts([day])[day].document
    staffed = {str(key): departure for key, departure in stored.departures.items() if departure.team}
    assert (body["departures"], body["is_current"], body["_rev"]) == (len(staffed), True, 2)
    assert body["guests"] == sum(departure.participants for departure in staffed.values())
    losses = body["most_fragile"] + body["also_fragile"]
    kinds = Counter(loss["resource"]["kind"] for loss in losses)
    shown = Counter(loss["resource"]["kind"] for loss in body["most_fragile"])
    assert shown == {kind: min(5, count) for kind, count in kinds.items()}
    assert kinds.keys() == {"GUIDE", "TRAIL", "BASE_CAMP"}
    for listed in (body["most_fragile"], body["also_fragile"]):
        assert [loss["guests"] for loss in listed] == sorted((loss["guests"] for loss in listed), reverse=True)
    for loss in losses:
        assert loss["guests"] == sum(departure["guests"] for departure in loss["departures"])
        assert loss["resource"]["name"] in loss["message"]
        assert {departure["departure_id"] for departure in loss["departures_on_duty"]} <= staffed.keys()
    camps = [loss for loss in losses if loss["resource"]["kind"] == "BASE_CAMP"]
    assert {departure["departure_id"] for camp in camps for departure in camp["departures"]} == staffed.keys()
    for hedge in body["hedges"]:
        assert hedge["removes"]
        assert f"removes {len(hedge['removes'])} (" in hedge["message"]


def test_the_id_and_the_date_of_a_daily_schedule_have_the_same_report(client: Client, day: date) -> None:
    by_date = ask(client, day)

    by_id = ask(client, DailySchedule.objects.get().pk)

    assert by_id.json() == by_date.json()
    assert by_id.headers["ETag"] == by_date.headers["ETag"]


def test_a_client_that_has_the_report_gets_no_body_until_it_is_found_again(client: Client, day: date) -> None:
    etag = ask(client, day).headers["ETag"]

    same = ask(client, day, if_none_match=etag)
    write_again(day)
    newer = ask(client, day, if_none_match=etag)

    assert (same.status_code, same.content) == (304, b"")
    assert newer.status_code == 200
    assert newer.headers["ETag"] != etag


def test_an_older_report_says_that_it_is_older(client: Client, day: date, siblings: SimulatedSiblings) -> None:
    etag = ask(client, day).headers["ETag"]
    write_again(day)
    silence(siblings)

    older = ask(client, day, if_none_match=etag)

    assert (older.status_code, older.json()["is_current"], older.json()["_rev"]) == (200, False, 2)


def test_without_any_report_a_silent_sibling_is_named(client: Client, day: date, siblings: SimulatedSiblings) -> None:
    silence(siblings)

    answer = ask(client, day)

    assert (answer.status_code, answer.json()["code"]) == (503, "SIBLING_UNAVAILABLE")
    assert not FragilityReport.objects.exists()


def test_a_date_without_a_daily_schedule_is_not_found(client: Client, siblings: SimulatedSiblings) -> None:
    assert ask(client, siblings.today + timedelta(days=3)).status_code == 404
    assert ask(client, "nonsense").status_code == 404


def test_reading_needs_the_scope(client: Client) -> None:
    assert ask(client, "2027-05-01", scopes=()).status_code == 403
