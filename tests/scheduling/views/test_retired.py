"""Whole-document writes are retired, and name their successor."""

import pytest
from django.http import HttpResponse
from django.test import Client
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from tests.factories import TOMORROW
from tests.tokens import bearer

API = "/scheduling/v1"
ON_SCHEDULE, ON_RETIRED = f"{API}/daily-schedules/{TOMORROW}", f"{API}/schedules/{TOMORROW}"


def call(client: Client, method: str, path: str, body: object = "{}") -> HttpResponse:
    return client.generic(method, path, body, content_type="application/json", headers=bearer([], subject="old-kiosk"))


def calls_counted(operation: str) -> float:
    return REGISTRY.get_sample_value("schedule_put_deprecated_usage_total", {"operation": operation}) or 0.0


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", ON_SCHEDULE), *((method, ON_RETIRED) for method in ("GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"))],
)
def test_whole_document_writes_and_their_address_are_gone(client: Client, method: str, path: str) -> None:
    response = call(client, method, path)

    assert (response.status_code, response.json()["code"]) == (410, "PUT_RETIRED")
    assert response["Link"] == f'<{ON_SCHEDULE}>; rel="successor-version"'
    assert response["Sunset"] == "Mon, 01 Jun 2026 00:00:00 GMT"


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


def test_a_link_cannot_be_broken_out_of(client: Client) -> None:
    response = call(client, "GET", f"{API}/schedules/a%3E%0d%0aSet-Cookie:%20b")

    assert response["Link"] == f'<{API}/daily-schedules/a%3E%0D%0ASet-Cookie:%20b>; rel="successor-version"'


def test_nobody_is_told_anything_without_a_token(client: Client) -> None:
    assert client.put(ON_SCHEDULE).status_code == 401
