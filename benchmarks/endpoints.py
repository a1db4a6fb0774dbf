"""The measured operations, with valid requests for them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.service import RunningService

READY_WITHIN_SECONDS = 180.0
FIRST_DAY, LAST_DAY = 2, 9
TRIPS = 40


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation: `requests` are ready to send and get `status`; with `once` no request can be repeated."""

    name: str
    requests: tuple[bytes, ...]
    status: int = 200
    once: bool = False


def prepare(service: RunningService) -> tuple[Endpoint, list[Endpoint]]:
    """Return the floor and the operations, on planned dates with many conflicts."""
    ids, now = service.known_ids(), datetime.now(UTC)
    days = [(now + timedelta(days=ahead)).date() for ahead in range(FIRST_DAY, LAST_DAY + 1)]
    with service.client() as client:
        bodies = _bodies(ids["trip_ids"][:TRIPS], [day.isoformat() for day in days[:3]])
        request_id = _answered_request(client, bodies[0])
        service.optimize(days[0], days[-1])
        service.close_trails(ids["trail_ids"], now + timedelta(days=LAST_DAY + 1))
        conflicts = _conflicts(client, [day.isoformat() for day in days])
    build = RequestBuilder(service)
    ranges = [
        {"trip_id": trip, "date_range_start": days[0].isoformat(), "date_range_end": days[6].isoformat()}
        for trip in ids["trip_ids"][:TRIPS]
    ]
    floor = Endpoint("floor: one SELECT by key", (build("GET", f"/floor/{request_id}"),))
    return floor, [
        Endpoint("GET /schedule-requests/{id}", (build("GET", f"/schedule-requests/{request_id}"),)),
        Endpoint("GET /schedule-conflicts, 25 rows", (build("GET", "/schedule-conflicts", {"date": days[0]}),)),
        Endpoint(
            "GET /schedule-optimization, 7 days",
            tuple(build("GET", "/schedule-optimization", query) for query in ranges),
        ),
        Endpoint(
            "POST /schedule-requests", tuple(build("POST", "/schedule-requests", body=body) for body in bodies), 202
        ),
        Endpoint(
            "POST /schedule-conflicts/resolve",
            tuple(build("POST", "/schedule-conflicts/resolve", body=_acceptance(conflict)) for conflict in conflicts),
            once=True,
        ),
    ]


@dataclass(frozen=True, slots=True)
class RequestBuilder:
    """Requests of a service as bytes, with a token of every scope."""

    service: RunningService

    def __call__(
        self, method: str, path: str, query: dict[str, Any] | None = None, *, body: dict[str, Any] | None = None
    ) -> bytes:
        target = f"/scheduling/v1{path}" + (f"?{urlencode(query)}" if query else "")
        content = json.dumps(body).encode() if body is not None else b""
        head = [
            f"{method} {target} HTTP/1.1",
            f"Host: {self.service.url.removeprefix('http://')}",
            f"Authorization: Bearer {self.service.token}",
        ]
        if body is not None:
            head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        return "\r\n".join([*head, "", ""]).encode() + content


def _bodies(trip_ids: list[str], days: list[str]) -> list[dict[str, Any]]:
    return [{"trip_id": trip_id, "preferred_dates": days} for trip_id in trip_ids]


def _acceptance(conflict: dict[str, Any]) -> dict[str, Any]:
    resolution = {"conflict_id": conflict["id"], "selected_resolution_id": _accept_risk(conflict)}
    return resolution | {"operator_notes": "The benchmark answers for it.", "override_warnings": True}


def _accept_risk(conflict: dict[str, Any]) -> str | None:
    """Return the id of the option to accept the risk, if a person may."""
    options = conflict["resolution_options"]
    return next((option["id"] for option in options if option["strategy"] == "ACCEPT_RISK"), None)


def _answered_request(client: httpx.Client, body: dict[str, Any]) -> str:
    request_id: str = client.post("/schedule-requests", json=body).raise_for_status().json()["id"]
    _await("a request is answered", lambda: _status(client, request_id) in {"COMPLETED", "FAILED"})
    return request_id


def _status(client: httpx.Client, request_id: str) -> str:
    return str(client.get(f"/schedule-requests/{request_id}").raise_for_status().json()["status"])


def _conflicts(client: httpx.Client, days: list[str]) -> list[dict[str, Any]]:
    """Return the conflicts of the closed trails once their number is stable."""
    conflicts: list[dict[str, Any]] = []

    def are_complete() -> bool:
        before = len(conflicts)
        conflicts[:] = [conflict for day in days for conflict in _of_day(client, day)]
        time.sleep(1)
        return bool(conflicts) and len(conflicts) == before

    _await("the conflicts of closed trails are there", are_complete)
    return conflicts


def _of_day(client: httpx.Client, day: str) -> list[dict[str, Any]]:
    query: dict[str, str | int] = {"date": day, "type": "TRAIL_CLOSED", "page_size": 100}
    conflicts: list[dict[str, Any]] = (
        client.get("/schedule-conflicts", params=query).raise_for_status().json()["conflicts"]
    )
    return [conflict for conflict in conflicts if _accept_risk(conflict)]


def _await(what: str, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {READY_WITHIN_SECONDS:.0f} s in vain until {what}")
        time.sleep(0.1)
