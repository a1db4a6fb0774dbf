from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.test import Client
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from novatrek_scheduling.operations import metrics
from novatrek_scheduling.sandbox.embedded import free_port
from tests.tokens import bearer


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[metrics.GaugeReader]:
    registered: list[metrics.GaugeReader] = []
    monkeypatch.setattr(metrics, "_readers", registered)
    return registered


def test_a_process_that_answers_is_live(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}


def test_liveness_asks_no_store_even_with_a_session(client: Client) -> None:
    client.cookies["sessionid"] = "of somebody who is logged in"

    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_process_with_all_its_stores_is_ready(client: Client) -> None:
    response = client.get("/health/ready")

    assert (response.status_code, set(response.json()["checks"].values())) == (200, {"ok"})


@pytest.mark.django_db(transaction=True)
def test_a_store_that_does_not_answer_is_the_reason(client: Client, settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}

    response = client.get("/health/ready")

    assert (response.status_code, response.json()["status"]) == (503, "not ready")
    assert "refused" in response.json()["checks"]["valkey"]
    assert response.json()["checks"]["database"] == "ok"


def test_requests_are_counted_by_route(api: Client) -> None:
    api.get("/scheduling/v1/echo", headers=bearer())
    api.get("/scheduling/v1/fail/conflict")

    text = api.get("/metrics").content.decode()
    assert 'http_requests_total{method="GET",route="scheduling/v1/echo",status="200"}' in text
    assert 'route="scheduling/v1/fail/<str:kind>",status="409"' in text
    assert "http_request_duration_seconds_bucket" in text


def test_gauges_are_read_at_each_scrape(client: Client, readers: list[metrics.GaugeReader]) -> None:
    depths = iter([3, 5])

    def read() -> Iterator[Metric]:
        yield GaugeMetricFamily("queue_depth", "Waiting.", value=next(depths))

    metrics.register_gauges(read)

    assert b"queue_depth 3.0" in client.get("/metrics").content
    assert b"queue_depth 5.0" in client.get("/metrics").content


def test_a_reader_that_fails_spoils_nothing_else(client: Client, readers: list[metrics.GaugeReader]) -> None:
    def read() -> Iterator[Metric]:
        raise ConnectionError("the database is away")
        yield

    metrics.register_gauges(read)
    client.get("/health/live")

    text = client.get("/metrics").content.decode()
    assert 'http_requests_total{method="GET",route="health/live"' in text
    assert "metrics_gauges_failed_total" in client.get("/metrics").content.decode()


def test_a_process_without_a_web_server_serves_its_counters(client: Client, settings: Any) -> None:
    settings.METRICS_PORT = free_port()
    client.get("/health/live")

    metrics.serve_counters()

    text = httpx.get(f"http://127.0.0.1:{settings.METRICS_PORT}/metrics").text
    assert 'http_requests_total{method="GET",route="health/live"' in text
