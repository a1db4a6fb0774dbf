"""The measured operations, with valid requests for them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, zip_longest
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.service import RunningService

READY_WITHIN_SECONDS = 180.0
FIRST_DAY, LAST_DAY = 2, 9
# Published one by one: behind the days of closed trails and those of the boards.
PUBLISHED_FROM, PUBLISHED_TO = 13, 19
TRIPS = 40
# Of a patched departure, whatever it was.
CAPACITY = 99
PATCH = "PATCH of one field"


@dataclass(frozen=True, slots=True)
class Target:
    """What an operation is compared with: at least this share of its rate, or with `times` at most as many times as it.

    `beside` is the name of the other operation; None is the floor.
    """

    value: float
    times: bool = False
    beside: str | None = None

    def __str__(self) -> str:
        return f"{'≤' if self.times else '≥'} {self.value:g}"

    def ratio(self, rate: float, other: float) -> float:
        """Return the ratio that is compared, from the rates of the operation and of the other."""
        return other / rate if self.times else rate / other

    def is_met(self, ratio: float) -> bool:
        return ratio <= self.value if self.times else ratio >= self.value


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation: `requests` are ready to send and get `status`; with `once` no request can be repeated."""

    name: str
    requests: tuple[bytes, ...]
    status: int = 200
    once: bool = False
    target: Target | None = None


def prepare(service: RunningService) -> tuple[Endpoint, list[Endpoint]]:
    """Return the floor and the operations, on planned dates with many conflicts."""
    ids, now = service.known_ids(), datetime.now(UTC)
    days = [(now + timedelta(days=ahead)).date() for ahead in range(FIRST_DAY, LAST_DAY + 1)]
    with service.client() as client:
        bodies = _bodies(ids["trip_ids"][:TRIPS], [day.isoformat() for day in days[:3]])
        request_id = _answered_request(client, bodies[0])
        service.optimize(days[0], days[-1])
        service.close_trails(ids["trail_ids"], now + timedelta(days=LAST_DAY + 1))
        conflicts = _by_turns(_conflicts(client, [day.isoformat() for day in days]))
        publishable = _publishable(service, client, now)
    build = RequestBuilder(service)
    ranges = [
        {"trip_id": trip, "date_range_start": days[0].isoformat(), "date_range_end": days[6].isoformat()}
        for trip in ids["trip_ids"][:TRIPS]
    ]
    floor = Endpoint("floor: one SELECT by key", (build("GET", f"/floor/{request_id}"),))
    return floor, [
        Endpoint(
            "GET /schedule-requests/{id}",
            (build("GET", f"/schedule-requests/{request_id}"),),
            target=Target(0.9),
        ),
        Endpoint(
            "GET /schedule-conflicts, 25 rows",
            (build("GET", "/schedule-conflicts", {"date": days[0]}),),
            target=Target(0.7),
        ),
        Endpoint(
            "GET /schedule-optimization, 7 days",
            tuple(build("GET", "/schedule-optimization", query) for query in ranges),
        ),
        Endpoint(
            "POST /schedule-requests",
            tuple(build("POST", "/schedule-requests", body=body) for body in bodies),
            202,
            target=Target(0.5),
        ),
        Endpoint(PATCH, tuple(_patch(build, *_departure_of(conflict)) for conflict in conflicts), once=True),
        Endpoint("publish one departure", tuple(_publish(build, *departure) for departure in publishable), once=True),
        Endpoint(
            "POST /schedule-conflicts/resolve",
            tuple(build("POST", "/schedule-conflicts/resolve", body=_acceptance(conflict)) for conflict in conflicts),
            once=True,
            target=Target(1.5, times=True, beside=PATCH),
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


def _departure_of(conflict: dict[str, Any]) -> tuple[str, str]:
    return conflict["conflict_date"], conflict["departure_ids"][0]


def _patch(build: RequestBuilder, day: str, departure_id: str) -> bytes:
    body = {"assignments": {"departures": {departure_id: {"capacity": CAPACITY}}}}
    return build("PATCH", f"/daily-schedules/{day}", body=body)


def _publish(build: RequestBuilder, day: str, departure_id: str) -> bytes:
    return build("POST", f"/daily-schedules/{day}/publish", body={"departure_ids": [departure_id]})


def _by_turns(conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each date in turn, so that requests that are sent together seldom wait for one daily schedule."""
    dates = [list(of_date) for _, of_date in groupby(conflicts, key=lambda conflict: conflict["conflict_date"])]
    return [conflict for turn in zip_longest(*dates) for conflict in turn if conflict is not None]


def _publishable(service: RunningService, client: httpx.Client, now: datetime) -> list[tuple[str, str]]:
    """Plan some dates, and return those departures, each with its date, against which nothing stands."""
    first, last = ((now + timedelta(days=ahead)).date() for ahead in (PUBLISHED_FROM, PUBLISHED_TO))
    service.optimize(first, last)
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    previews = [(day, client.get(f"/daily-schedules/{day}/publish").raise_for_status().json()) for day in days]
    of_dates = [
        [
            (day, departure["departure_id"])
            for departure in preview["departures"]
            if not departure["broken_rules"] and not departure["to_approve"]
        ]
        for day, preview in previews
    ]
    return [departure for turn in zip_longest(*of_dates) for departure in turn if departure is not None]


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
