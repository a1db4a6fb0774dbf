from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.tokens import bearer

ECHO = "/scheduling/v1/echo"


def post(api: Client, body: Any, content_type: str = "application/json") -> Any:
    return api.post(ECHO, body, content_type=content_type, headers=bearer())


def fields_of(response: Any) -> list[str]:
    return [detail["field"] for detail in response.json()["details"]]


def test_a_nested_problem_is_named_by_its_path(api: Client) -> None:
    guide = "6f9619ff-8b86-4d11-b42d-00c04fc964ff"
    body = {"name": "x", "sizes": [{"guide_ids": guide}, {"guide_ids": "no", "smallest": 0}], "extra": [guide, 7]}

    response = post(api, body)

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
    assert sorted(fields_of(response)) == ["extra[1]", "sizes[1].guide_ids", "sizes[1].smallest"]


def test_an_unknown_field_is_refused_by_name(api: Client) -> None:
    response = post(api, {"name": "x", "sizes": [{"guide_id": "x"}], "colour": "red"})

    assert response.status_code == 400
    assert set(fields_of(response)) == {"colour", "sizes[0].guide_id", "sizes[0].guide_ids"}


@pytest.mark.parametrize(
    "value",
    [
        {"name": 5},
        {"name": None},
        {"name": "x", "open": "true"},
        {"name": "x", "open": 1},
        {"name": "x", "on": "20260105"},
        {"name": "x", "on": "2026-W01-1"},
        {"name": "x", "on": "2026-02-30"},
        {"name": "x", "extra": [5]},
        {"name": "x", "extra": ["6f9619ff8b864d11b42d00c04fc964ff"]},
        {"name": "x", "extra": {"0": "y"}},
        {"name": "x", "sizes": "none"},
        {"name": ""},
        ["name"],
        "name",
        None,
    ],
)
def test_a_wrong_type_is_a_400(api: Client, value: Any) -> None:
    assert post(api, value if value is not None else "null").status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": 1e999}',
        b'{"name": 99999999999999999999999}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b'{"name": "a", "name": "b"}',
        b"[" * 100_000,
        b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_body_that_is_not_json_is_a_400(api: Client, text: bytes) -> None:
    response = post(api, text)

    assert response.status_code == 400
    assert response.json()["code"] in {"MALFORMED_BODY", "INVALID_INPUT"}


@pytest.mark.parametrize("text", [r'{"name": "a\u0000b"}', r'{"name": "\ud800"}'])
def test_text_that_cannot_be_stored_is_a_400_that_names_the_field(api: Client, text: str) -> None:
    response = post(api, text.encode())

    assert response.status_code == 400
    assert fields_of(response) == ["name"]


def test_a_surrogate_pair_is_good_text(api: Client) -> None:
    assert post(api, rb'{"name": "\ud83d\ude00"}').json() == {"name": "\U0001f600", "closed_at": None}


def test_another_media_type_is_a_400(api: Client) -> None:
    response = post(api, b"name=x", "application/x-www-form-urlencoded")

    assert (response.status_code, response.json()["code"]) == (400, "UNSUPPORTED_MEDIA_TYPE")


def test_a_large_body_is_a_400(api: Client) -> None:
    response = post(api, b'{"name": "' + b"x" * 2_000_000 + b'"}')

    assert (response.status_code, response.json()["code"]) == (400, "BODY_TOO_LARGE")
    assert response["X-Request-ID"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_a_wrong_method_is_a_405_that_lists_the_right_ones(api: Client, method: str) -> None:
    response = api.generic(method, ECHO, headers=bearer())

    assert (response.status_code, response.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST"} <= set(response["Allow"].split(", "))


def test_any_accept_header_is_answered_in_json(api: Client) -> None:
    response = api.get(ECHO, headers=bearer() | {"Accept": "application/pdf"})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("debug", [True, False])
def test_an_unknown_address_of_the_api_is_a_404_in_json(api: Client, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug

    response = api.get("/scheduling/v1/nothing/here")

    assert (response.status_code, response.json()["code"]) == (404, "UNKNOWN_ADDRESS")
    assert response["X-Request-ID"]


def test_an_unknown_address_elsewhere_is_a_page(api: Client) -> None:
    response = api.get("/nothing")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("kind", "status", "code", "retry_after"),
    [
        ("conflict", 409, "CONFLICT", None),
        ("sibling", 503, "UNAVAILABLE", "7"),
        ("database", 503, "STORE_UNAVAILABLE", "5"),
        ("valkey", 503, "STORE_UNAVAILABLE", "5"),
        ("bug", 500, "INTERNAL_ERROR", None),
    ],
)
def test_whatever_a_view_raises_has_the_one_shape(
    api: Client, kind: str, status: int, code: str, retry_after: str | None
) -> None:
    response = api.get(f"/scheduling/v1/fail/{kind}")

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.get("Retry-After") == retry_after


def test_a_fault_of_ours_is_named_by_its_request(api: Client) -> None:
    response = api.get("/scheduling/v1/fail/bug", headers={"X-Request-ID": "kiosk-7"})

    assert "kiosk-7" in response.json()["message"]
    assert "division" not in response.json()["message"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("page_size=0", ["page_size"]),
        ("page_size=101", ["page_size"]),
        ("page_size=5.0", ["page_size"]),
        ("page_size=５", ["page_size"]),  # noqa: RUF001
        ("page_size=99999999999999999999", ["page_size"]),
        ("page_token=%00", ["page_token"]),
        ("open=yes", ["open"]),
        ("open=", ["open"]),
        ("on=2026-01-05&on=2026-01-06", ["on"]),
        ("colour=red", ["colour"]),
        ("guide_ids=6f9619ff-8b86-4d11-b42d-00c04fc964ff,x", ["guide_ids[1]"]),
        ("guide_ids=6f9619ff-8b86-4d11-b42d-00c04fc964ff&guide_ids=x", ["guide_ids[1]"]),
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(api: Client, query: str, fields: list[str]) -> None:
    response = api.get(f"{ECHO}?{query}", headers=bearer())

    assert response.status_code == 400
    assert fields_of(response) == fields


A, B, C = (f"6f9619ff-8b86-4d11-b42d-00c04fc964f{last}" for last in "abc")


@pytest.mark.parametrize(
    "query",
    [f"guide_ids={A},{B},{C}", f"guide_ids={A}&guide_ids={B}&guide_ids={C}", f"guide_ids={A},{B}&guide_ids={C}"],
)
def test_a_list_comes_with_commas_or_as_a_parameter_that_is_repeated(api: Client, query: str) -> None:
    response = api.get(f"{ECHO}?{query}", headers=bearer())

    assert response.json()["filters"] == {"open": "False", "guide_ids": str([UUID(A), UUID(B), UUID(C)])}
