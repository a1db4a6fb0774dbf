"""Requests that no generator of valid HTTP makes: every operation has to answer them as it documents."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import jsonschema
import yaml

from tests.contracts.comparison import resolved
from tests.service import RunningService

DEEP = 100_000
BODIES: dict[str, bytes] = {
    "no body": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"trip_id": "\xff\xfe"}',
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"trip_id": NaN}',
    "a float without end": b'{"trip_id": 1e999}',
    "an integer of 5,000 digits": b'{"trip_id": ' + b"9" * 5000 + b"}",
    "an integer beyond 64 bits": b'{"constraints": {"min_group_size": 18446744073709551616}}',
    "lists nested deeply": b"[" * DEEP + b"]" * DEEP,
    "objects nested deeply": b'{"constraints":' * 5000 + b"1" + b"}" * 5000,
    "a name twice": b'{"trip_id": "a", "trip_id": "b"}',
    "a NUL": b'{"trip_id": "a\\u0000b"}',
    "a NUL in a name": b'{"trip\\u0000": 1}',
    "a lone surrogate": b'{"operator_notes": "\\ud800"}',
    "a lone surrogate in a name": b'{"\\udfff": 1}',
    "two megabytes": b'{"trip_id": "' + b"x" * 2_000_000 + b'"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
}
# Percent-encoded where a client would have to.
VALUES = {
    "a NUL": "%00",
    "a lone surrogate": "%ED%A0%80",
    "bytes that are not UTF-8": "%FF%FE",
    "a huge integer": "9" * 400,
    "a negative integer": "-1",
    "an integer in other digits": "%D9%A1%D9%A2",
    "a long text": "x" * 4000,
    "nothing": "",
    "a date of year zero": "0000-01-01",
    "a date of the last year": "9999-12-31",
    "a path": "..%2F..%2Fetc",
    "a format string": "%25s%7B0%7D",
}


@dataclass(frozen=True, slots=True)
class Hostile:
    """One request of the kind, with the operation's documentation to judge the answer by."""

    method: str
    path: str
    what: str
    documented: frozenset[str]
    body: bytes | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path[:80]} with {self.what}"


def run_hostile(service: RunningService) -> tuple[int, list[str]]:
    """How many requests were sent, and what was wrong with the answers."""
    specification = yaml.safe_load(httpx.get(f"{service.api_url}/openapi.yaml", timeout=30).text)
    error = jsonschema.Draft4Validator({**specification["components"]["schemas"]["Error"], **_shared(specification)})
    problems: list[str] = []
    sent = 0
    with service.client() as client:
        for request in hostile_requests(specification):
            sent += 1
            problems += _problems(client, request, error)
    return sent, problems


def hostile_requests(specification: dict[str, Any]) -> Iterator[Hostile]:
    """Every hostile body and value for every operation of the specification that takes one."""
    for path, methods in specification["paths"].items():
        for method, operation in methods.items():
            documented = frozenset(operation["responses"])
            filled = _with_valid_ids(path)
            if "requestBody" in operation:
                for what, body in BODIES.items():
                    yield Hostile(method.upper(), filled, what, documented, body)
            for parameter in (resolved(specification, p) for p in operation.get("parameters", [])):
                for what, value in VALUES.items():
                    if target := _target(path, parameter, value):
                        yield Hostile(method.upper(), target, f"{what} as {parameter['name']}", documented)


def _target(path: str, parameter: dict[str, Any], value: str) -> str | None:
    if parameter["in"] == "query":
        return f"{_with_valid_ids(path)}?{parameter['name']}={value}"
    if parameter["in"] == "path" and value:
        return _with_valid_ids(path.replace(f"{{{parameter['name']}}}", value))
    return None


def _with_valid_ids(path: str) -> str:
    parts = ("00000000-0000-4000-8000-000000000000" if part.startswith("{") else part for part in path.split("/"))
    return "/".join(parts)


def _problems(client: httpx.Client, request: Hostile, error: jsonschema.protocols.Validator) -> Iterator[str]:
    # A body that is refused half read ends its connection: the next request takes another one.
    headers = {"Content-Type": "application/json", "Connection": "close"}
    answer = client.request(request.method, request.path, content=request.body, headers=headers)
    if str(answer.status_code) not in request.documented:
        yield f"{request}: {answer.status_code} is not documented: {answer.text[:200]}"
    elif answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        yield f"{request}: {answer.status_code}: {answer.text[:200]}"
    elif answer.status_code >= httpx.codes.BAD_REQUEST and not _is_error(answer, error):
        yield f"{request}: {answer.status_code} is not an Error: {answer.text[:200]}"


def _is_error(answer: httpx.Response, error: jsonschema.protocols.Validator) -> bool:
    try:
        return bool(error.is_valid(answer.json()))
    except json.JSONDecodeError:
        return False


def _shared(specification: dict[str, Any]) -> dict[str, Any]:
    """What the references inside a schema point at."""
    return {"components": specification["components"]}
