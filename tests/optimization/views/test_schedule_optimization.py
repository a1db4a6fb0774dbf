"""GET /schedule-optimization: answered while the caller waits; nothing but a run is written."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from optimization.models import OptimizationRun, RunStatus
from scheduling.models import DailySchedule
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


def ask(client: Client, siblings: SimulatedSiblings, *, scopes: Any = None, **changes: object) -> HttpResponse:
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    query: dict[str, Any] = {
        "trip_id": trips.json()["data"][0]["id"],
        "date_range_start": str(siblings.today + timedelta(days=1)),
        "date_range_end": str(siblings.today + timedelta(days=7)),
    }
    query = {name: value for name, value in (query | changes).items() if value is not None}
    return client.get("/scheduling/v1/schedule-optimization", query, headers=bearer(scopes))


def test_the_best_dates_come_first_with_their_teams_and_only_a_run_is_written(
    client: Client, siblings: SimulatedSiblings
) -> None:
    response = ask(client, siblings, max_results=3)

    body = response.json()
    assert response.status_code == 200
    scores = [entry["score"] for entry in body["recommended_dates"]]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    dates = {entry["date"] for entry in body["recommended_dates"]}
    assert {entry["date"] for entry in body["guide_assignments"]} <= dates
    assert not DailySchedule.objects.exists()
    run = OptimizationRun.objects.get()
    assert (run.status, run.schedule_date) == (RunStatus.COMPLETED, siblings.today + timedelta(days=1))


def test_five_dates_are_told_where_nobody_said_how_many(client: Client, siblings: SimulatedSiblings) -> None:
    assert len(ask(client, siblings).json()["recommended_dates"]) == 5


BEST_OTHER = re.compile(r"best other (?P<name>.+) 0\.\d\d\)")


def test_a_preferred_guide_is_chosen_and_excludes_nobody(client: Client, siblings: SimulatedSiblings) -> None:
    first = ask(client, siblings, max_results=1).json()["recommended_dates"][0]
    second_best = BEST_OTHER.search(first["notes"])
    assert second_best
    guides = [siblings.get("guides", guide_id) for guide_id in siblings.summary()["guide_ids"]]
    preferred = [g["id"] for g in guides if f"{g['first_name']} {g['last_name']}" == second_best["name"]]

    body = ask(client, siblings, max_results=7, guide_ids=[*preferred, uuid4()]).json()

    leads = {entry["date"]: entry["guide_id"] for entry in body["guide_assignments"]}
    assert leads[first["date"]] in preferred
    assert leads.keys() == {entry["date"] for entry in ask(client, siblings, max_results=7).json()["guide_assignments"]}


def test_parameters_that_are_blank_or_not_the_contracts_are_ignored(
    client: Client, siblings: SimulatedSiblings
) -> None:
    response = ask(client, siblings, guide_ids="", max_results="", utm_source="board")

    assert (response.status_code, len(response.json()["recommended_dates"])) == (200, 5)


def test_a_blank_value_beside_another_of_a_list_takes_nothing_from_it(
    client: Client, siblings: SimulatedSiblings
) -> None:
    response = ask(client, siblings, guide_ids=["nonsense", ""])

    assert (response.status_code, response.json()["details"][0]["field"]) == (400, "guide_ids[0]")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"trip_id": None}, "trip_id"),
        ({"trip_id": "nonsense"}, "trip_id"),
        ({"trip_id": uuid4()}, "trip_id"),
        ({"date_range_end": None}, "date_range_end"),
        ({"date_range_start": "2020-01-01"}, "date_range_start"),
        ({"date_range_end": "2020-01-01"}, "date_range_end"),
        ({"date_range_end": "2999-12-31"}, "date_range_end"),
        ({"date_range_start": "9999-12-31", "date_range_end": "9999-12-31"}, "date_range_start"),
        ({"max_results": 0}, "max_results"),
        ({"max_results": 21}, "max_results"),
        ({"guide_ids": "nonsense"}, "guide_ids[0]"),
    ],
)
def test_what_is_wrong_is_named(
    client: Client, siblings: SimulatedSiblings, changes: dict[str, object], field: str
) -> None:
    response = ask(client, siblings, **changes)

    assert (response.status_code, response.json()["details"][0]["field"]) == (400, field)


def test_ninety_two_days_are_a_range_and_one_more_is_not(client: Client, siblings: SimulatedSiblings) -> None:
    def status(days: int) -> int:
        return ask(client, siblings, date_range_end=str(siblings.today + timedelta(days=days))).status_code

    assert (status(92), status(93)) == (200, 400)


def test_without_the_guides_the_caller_is_asked_to_come_back_and_the_run_failed(
    client: Client, siblings: SimulatedSiblings
) -> None:
    siblings.switch("svc-guide-management", "down")

    response = ask(client, siblings)

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert OptimizationRun.objects.get().status == RunStatus.FAILED
