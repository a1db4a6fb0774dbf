import json
import logging
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import pytest
import structlog
from django.test import Client

from novatrek_scheduling.operations.logging import logging_settings, trace_headers
from tests.tokens import bearer, token

LIVE = "/health/live"
ECHO = "/scheduling/v1/echo"
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What production's formatter writes."""
    formatter = logging_settings(json_lines=True, level="INFO")["formatters"]["line"]
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def line_of(log: StringIO, event: str) -> dict[str, Any]:
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return next(line for line in lines if line["event"] == event)


def test_a_request_id_is_given_back(client: Client) -> None:
    assert client.get(LIVE, headers={"X-Request-ID": "kiosk-7"})["X-Request-ID"] == "kiosk-7"


@pytest.mark.parametrize("offered", ["", "a b", "x" * 129, "a\u00e9", '"}{"'])
def test_a_request_id_that_could_spoil_a_log_is_replaced(client: Client, offered: str) -> None:
    assert UUID(client.get(LIVE, headers={"X-Request-ID": offered})["X-Request-ID"])


def test_the_access_log_is_one_json_line_with_ids_and_subject(api: Client, log: StringIO) -> None:
    headers = bearer(subject="bo") | {"X-Request-ID": "r-1", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}

    api.get(f"{ECHO}?page_size=5", headers=headers)

    line = line_of(log, "request")
    expected = {"method": "GET", "path": ECHO, "status": 200, "subject": "bo", "request_id": "r-1", "trace_id": TRACE}
    assert expected.items() <= line.items()


def test_a_fault_is_logged_with_its_traceback(api: Client, log: StringIO) -> None:
    api.get("/scheduling/v1/fail/bug", headers={"X-Request-ID": "r-2"})

    line = line_of(log, "request_failed")
    assert line["request_id"] == "r-2"
    assert "ZeroDivisionError" in line["exception"]


def test_secrets_do_not_reach_the_log(log: StringIO) -> None:
    secret = token()
    url = "postgres://app:hunter2@db/novatrek"
    structlog.get_logger("x").warning("call", headers={"Authorization": f"Bearer {secret}"}, api_key="k-123")
    logging.getLogger("y").warning("cannot reach %s with Bearer %s, ?token=abc123", url, secret)

    written = log.getvalue()
    assert len(written.splitlines()) == 2
    assert not any(word in written for word in (secret, "hunter2", "k-123", "abc123"))


def test_outgoing_calls_carry_the_trace() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-3", trace_id=TRACE):
        headers = trace_headers()

    assert headers["X-Request-ID"] == "r-3"
    assert headers["traceparent"].startswith(f"00-{TRACE}-")


def post_chunked(api: Client, body: bytes) -> Any:
    """As a server hands over a body without a length: a stream, and no word of where it ends."""
    headers = bearer() | {"Transfer-Encoding": "chunked"}
    stream = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "", "wsgi.input": BytesIO(body)}
    return api.generic("POST", ECHO, headers=headers, **stream)


def test_a_chunked_body_is_read(api: Client) -> None:
    assert post_chunked(api, b'{"name": "x"}').json()["name"] == "x"


def test_a_chunked_body_is_bounded(api: Client) -> None:
    response = post_chunked(api, b"x" * 2_000_000)

    assert (response.status_code, response.json()["code"]) == (400, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("path", "evaluates"), [("/admin/login/", True), ("/scheduling/v1/docs", False), (ECHO, False)]
)
def test_only_the_console_may_evaluate_scripts(client: Client, path: str, evaluates: bool) -> None:
    policy = client.get(path)["Content-Security-Policy"]

    assert ("'unsafe-eval'" in policy) is evaluates
    assert "default-src 'self'" in policy


def test_answers_of_the_api_carry_the_policy_of_every_page_that_asks_for_no_other(api: Client) -> None:
    answer, page = (api.get(path, headers=bearer())["Content-Security-Policy"] for path in (ECHO, LIVE))

    assert sorted(answer.split("; ")) == sorted(page.split("; "))
    assert len(answer.split("; ")) == 5
