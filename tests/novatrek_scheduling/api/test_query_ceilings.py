"""Ceilings on the queries of each operation, independent of the amount of data."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django_redis import get_redis_connection
from pytest_django.fixtures import DjangoAssertNumQueries

from conflicts.models import ScheduleConflict
from scheduling.models import RequestJob, RequestOutcome, RequestStatus, ScheduleRequest
from tests.conflicts.factories import conflict_of, overfull
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, GuideFactory, lead
from tests.scheduling.requests.rows import pending
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

API = "/scheduling/v1"

pytestmark = pytest.mark.django_db


def get(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(f"{API}{path}", query, headers=bearer())
    assert answer.status_code == 200, answer.content
    return answer.json()


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    answer = client.post(f"{API}{path}", body, content_type="application/json", headers=bearer())
    assert answer.status_code in {200, 202}, answer.content
    return answer.json()


def valkey_calls() -> Counter[str]:
    """How often each command that reads or writes was called on the server."""
    statistics = get_redis_connection("default").info("commandstats")
    calls = {name.removeprefix("cmdstat_"): figures["calls"] for name, figures in statistics.items()}
    return Counter({name: count for name, count in calls.items() if name not in {"info", "ping"}})


def days_ahead(count: int) -> list[str]:
    today = datetime.now(UTC).date()
    return [(today + timedelta(days=ahead)).isoformat() for ahead in range(2, 2 + count)]


def test_an_answered_request_is_one_query(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    constraints = {"trip_id": str(UUID(int=1)), "preferred_dates": days_ahead(1), "priority": "NORMAL"}
    request = ScheduleRequest.objects.create(
        schedule_date=TOMORROW, requested_by="ana", status=RequestStatus.FAILED, constraints=constraints
    )
    RequestOutcome.objects.create(
        request=request, error_code="NO_TEAM", error_message="Nobody.", completed_at=datetime.now(UTC)
    )

    with django_assert_max_num_queries(1):
        assert get(client, f"/schedule-requests/{request.pk}")["error"]["code"] == "NO_TEAM"


def test_a_whole_list_of_open_conflicts_is_one_query(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        conflict_of()

    with django_assert_max_num_queries(1):
        assert get(client, "/schedule-conflicts", date=TOMORROW.isoformat())["total_count"] == 5


def test_a_page_of_resolved_conflicts_is_one_query(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        conflict_of()
    ScheduleConflict.objects.update(resolved=True)

    with django_assert_max_num_queries(1):
        page = get(client, "/schedule-conflicts", date=TOMORROW.isoformat(), resolved="true", page_size=2)

    assert (len(page["conflicts"]), page["total_count"]) == (2, 5)


def test_accepting_a_request_costs_a_fixed_number_of_queries(
    client: Client, siblings: SimulatedSiblings, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    body = {"trip_id": siblings.summary()["trip_ids"][0], "preferred_dates": days_ahead(30)}
    headers = bearer() | {"Idempotency-Key": "once"}

    with django_assert_max_num_queries(8):
        answer = client.post(f"{API}/schedule-requests", body, content_type="application/json", headers=headers)

    assert answer.status_code == 202


def test_accepting_a_request_for_a_known_trip_is_one_statement_one_look_and_one_message(
    client: Client,
    siblings: SimulatedSiblings,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: Any,
    settings: Any,
) -> None:
    settings.THROTTLE_RATE = None
    body = {"trip_id": siblings.summary()["trip_ids"][0], "preferred_dates": days_ahead(30)}
    with django_capture_on_commit_callbacks(execute=True):
        # The first reads the trip, the second has this process know what was read.
        post(client, "/schedule-requests", body)
        post(client, "/schedule-requests", body)

    before = valkey_calls()
    with django_capture_on_commit_callbacks(execute=True), django_assert_max_num_queries(1):
        post(client, "/schedule-requests", body)

    assert valkey_calls() - before == Counter({"get": 1, "lpush": 1})
    assert RequestJob.objects.count() == 3


@pytest.mark.parametrize("days", [1, 30])
def test_a_question_costs_the_same_number_of_queries_for_any_number_of_days(
    client: Client, siblings: SimulatedSiblings, days: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    asked = days_ahead(days)
    trip_id = siblings.summary()["trip_ids"][0]

    with django_assert_max_num_queries(28):
        get(
            client,
            "/schedule-optimization",
            trip_id=trip_id,
            date_range_start=asked[0],
            date_range_end=asked[-1],
        )


def test_accepting_a_risk_costs_a_fixed_number_of_queries(
    client: Client, siblings: SimulatedSiblings, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    conflict = overfull()
    option_id = next(o["id"] for o in conflict.details["resolution_options"] if o["strategy"] == "ACCEPT_RISK")
    body = {"conflict_id": str(conflict.pk), "selected_resolution_id": option_id, "operator_notes": "Weighed."}

    with django_assert_max_num_queries(14):
        post(client, "/schedule-conflicts/resolve", body | {"override_warnings": True})


def test_a_daily_schedule_is_one_query_and_so_is_that_nothing_changed(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    put({uuid4(): DepartureFactory() for _ in range(5)})
    path = f"{API}/daily-schedules/{TOMORROW}"

    for tag, status, queries in ((None, 200, 1), ('"2"', 304, 1), ('"1"', 200, 2)):
        headers = bearer() | ({"If-None-Match": tag} if tag else {})
        with django_assert_max_num_queries(queries):
            assert client.get(path, headers=headers).status_code == status


@pytest.mark.parametrize("asked", [{}, {"region_id": REGION_ID}])
def test_a_page_of_daily_schedules_is_two_queries(
    client: Client, asked: dict[str, object], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for ahead in range(3):
        put({uuid4(): DepartureFactory() for _ in range(3)}, TOMORROW + timedelta(days=ahead))

    with django_assert_max_num_queries(2):
        page = get(client, "/daily-schedules", page_size=2, **asked)

    assert (len(page["daily_schedules"]), page["total_count"]) == (2, 3)


@pytest.mark.parametrize("departures", [1, 20])
def test_publishing_costs_the_same_number_of_queries_for_any_number_of_departures(
    client: Client, departures: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    put({uuid4(): DepartureFactory(team=[lead(GuideFactory())]) for _ in range(departures)})

    with django_assert_max_num_queries(6):
        assert len(get(client, f"/daily-schedules/{TOMORROW}/publish")["departures"]) == departures
    with django_assert_max_num_queries(33):
        post(client, f"/daily-schedules/{TOMORROW}/publish", {"override_warnings": True})


def test_a_list_of_schedule_requests_is_one_query(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        pending()

    with django_assert_max_num_queries(1):
        assert get(client, "/schedule-requests", date_to=TOMORROW)["total_count"] == 5


@pytest.mark.parametrize(("explain", "queries"), [("false", 12), ("true", 26)])
def test_candidates_cost_a_fixed_number_of_queries_for_all_guides(
    client: Client,
    siblings: SimulatedSiblings,
    explain: str,
    queries: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    trip = siblings.get("trips", siblings.summary()["trip_ids"][0])
    departure = uuid4()
    fields = {name: trip[name] for name in ("activity_type", "region_id")}
    put({departure: DepartureFactory(trip_id=trip["id"], **fields)})

    with django_assert_max_num_queries(queries):
        body = get(client, f"/daily-schedules/{TOMORROW}/departures/{departure}/candidates", explain=explain)

    assert len(body["candidates"]) == siblings.summary()["counts"]["guides"]
