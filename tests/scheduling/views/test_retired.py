"""Whole-document writes are retired, and name their successor."""

from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.writes import put, stored
from tests.tokens import bearer

API = "/scheduling/v1"
KEY = uuid4()
ON_SCHEDULE, ON_RETIRED = f"{API}/daily-schedules/{TOMORROW}", f"{API}/schedules/{TOMORROW}"
FORMER_ADDRESSES = (ON_RETIRED, f"/api/v1/schedules/{TOMORROW}")


def call(client: Client, method: str, path: str, body: object = "{}") -> HttpResponse:
    return client.generic(method, path, body, content_type="application/json", headers=bearer([], subject="old-kiosk"))


def calls_counted(operation: str) -> float:
    return REGISTRY.get_sample_value("schedule_put_deprecated_usage_total", {"operation": operation}) or 0.0


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", ON_SCHEDULE), *((method, path) for method in ("PUT", "POST", "DELETE") for path in FORMER_ADDRESSES)],
)
def test_whole_document_writes_are_gone(client: Client, method: str, path: str) -> None:
    response = call(client, method, path)

    assert (response.status_code, response.json()["code"]) == (410, "PUT_RETIRED")
    assert response["Link"] == f'<{ON_SCHEDULE}>; rel="successor-version"'
    assert response["Sunset"] == "Mon, 01 Jun 2026 00:00:00 GMT"


@pytest.mark.parametrize("path", FORMER_ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH"])
def test_the_former_addresses_lead_to_the_daily_schedule(client: Client, method: str, path: str) -> None:
    response = call(client, method, f"{path}?fields=a%2Cb&page=2")

    assert (response.status_code, response.content) == (308, b"")
    assert response["Location"] == f"{ON_SCHEDULE}?fields=a%2Cb&page=2"


@pytest.mark.django_db
def test_a_patch_follows_to_the_daily_schedule_with_its_body(client: Client) -> None:
    put({KEY: DepartureFactory(capacity=12)})

    response = client.patch(
        FORMER_ADDRESSES[1],
        {"assignments": {"departures": {str(KEY): {"capacity": 10}}}},
        content_type="application/merge-patch+json",
        headers=bearer(["scheduling:write"]),
        follow=True,
    )

    assert (response.redirect_chain, response.status_code) == ([(ON_SCHEDULE, 308)], 200)
    assert stored()[KEY].capacity == 10


@pytest.mark.parametrize("path", FORMER_ADDRESSES)
def test_a_former_address_says_what_it_allows(client: Client, path: str) -> None:
    response = call(client, "OPTIONS", path, "")

    assert (response.status_code, response.content) == (200, b"")
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD", "PATCH", "PUT", "POST", "DELETE", "OPTIONS"}


def test_an_unknown_address_beside_the_former_ones_is_answered_as_in_the_api(client: Client) -> None:
    response = client.get("/api/v1/departures")

    assert (response.status_code, response.json()["code"]) == (404, "UNKNOWN_ADDRESS")


def test_the_body_of_a_retired_write_does_not_matter(client: Client) -> None:
    assert call(client, "PUT", ON_SCHEDULE, "not even JSON").status_code == 410


def test_the_caller_is_logged_and_the_call_counted_by_its_operation(client: Client) -> None:
    operation = "PUT /daily-schedules/{schedule_id}"
    before = calls_counted(operation)

    with capture_logs() as lines:
        call(client, "PUT", ON_SCHEDULE)

    assert calls_counted(operation) == before + 1
    (line,) = [line for line in lines if line["event"] == "retired_operation_called"]
    assert (line["log_level"], line["subject"], line["operation"]) == ("warning", "old-kiosk", operation)


def test_a_redirection_is_counted_too(client: Client) -> None:
    before = calls_counted("PATCH /schedules/{schedule_id}")

    call(client, "PATCH", ON_RETIRED)

    assert calls_counted("PATCH /schedules/{schedule_id}") == before + 1


def test_a_redirection_stays_on_this_server(client: Client) -> None:
    response = call(client, "GET", f"{API}/schedules/%5C%5Celsewhere.example%0d%0aSet-Cookie:%20b?x=%0d%0ay")

    assert response["Location"] == f"{API}/daily-schedules/%5C%5Celsewhere.example%0D%0ASet-Cookie:%20b?x=%0d%0ay"


def test_a_link_cannot_be_broken_out_of(client: Client) -> None:
    response = call(client, "PUT", f"{API}/schedules/a%3E%0d%0aSet-Cookie:%20b")

    assert response["Link"] == f'<{API}/daily-schedules/a%3E%0D%0ASet-Cookie:%20b>; rel="successor-version"'


def test_nobody_is_told_anything_without_a_token(client: Client) -> None:
    for path in FORMER_ADDRESSES:
        assert client.get(path).status_code == client.options(path).status_code == 401
    assert client.put(ON_SCHEDULE).status_code == 401
