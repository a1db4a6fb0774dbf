"""Things that exist, so that generated requests get past the first lookup."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx

from tests.service import RunningService

WITHIN_SECONDS = 120.0
REQUESTS = 4


@dataclass(frozen=True, slots=True)
class Examples:
    """Values that the service knows, by what they are."""

    trip: list[str]
    guide: list[str]
    trail: list[str]
    region: list[str]
    request: list[str]
    conflict: list[str]
    option: list[str]
    departure: list[str]
    day: list[str]
    subscriber: list[str]
    calendar_token: list[str]

    def by_name(self) -> dict[str, list[str]]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def make_examples(service: RunningService) -> Examples:
    """Plan tomorrow, close many of its trails, submit some requests and wait for them; what there is then."""
    known, tomorrow = service.known_ids(), datetime.now(UTC) + timedelta(days=1)
    days = [(tomorrow + timedelta(days=ahead)).date().isoformat() for ahead in range(7)]
    service.optimize(tomorrow.date())
    service.close_trails(known["trail_ids"][::2], tomorrow.replace(hour=23, minute=59))
    requests = _submit(service, known["trip_ids"], days)
    conflicts = _conflicts(service, days[0])
    return Examples(
        trip=known["trip_ids"][:10] + known["inactive_trip_ids"][:1],
        guide=known["guide_ids"][:10],
        trail=known["trail_ids"][:10],
        region=known["region_ids"],
        request=requests,
        conflict=[conflict["id"] for conflict in conflicts],
        option=[option["id"] for conflict in conflicts for option in conflict["resolution_options"]],
        departure=_departures(service, days[0]),
        day=days,
        subscriber=known["guide_ids"][:1],
        calendar_token=[service.issue_calendar_token(known["guide_ids"][0])],
    )


def _departures(service: RunningService, day: str) -> list[str]:
    with service.client() as client:
        schedule = client.get(f"/daily-schedules/{day}").raise_for_status().json()
    return list(schedule["assignments"]["departures"])[:10]


def _submit(service: RunningService, trip_ids: list[str], days: list[str]) -> list[str]:
    with service.client() as client:
        submitted = []
        for trip_id in trip_ids[:REQUESTS]:
            body = {"trip_id": trip_id, "preferred_dates": days[1:4]}
            submitted.append(client.post("/schedule-requests", json=body).raise_for_status().json()["id"])
        for request_id in submitted:
            _await(service, partial(_is_answered, client, request_id))
    return submitted


def _is_answered(client: httpx.Client, request_id: str) -> bool:
    return client.get(f"/schedule-requests/{request_id}").json()["status"] in {"COMPLETED", "FAILED"}


def _conflicts(service: RunningService, day: str) -> list[dict[str, Any]]:
    """Of the closed trails, as soon as they are there with what can be done about them."""
    with service.client() as client:
        _await(service, lambda: len(_page(client, day)) > REQUESTS)
        return _page(client, day)


def _page(client: httpx.Client, day: str) -> list[dict[str, Any]]:
    query: dict[str, str | int] = {"date": day, "type": "TRAIL_CLOSED", "page_size": 100}
    conflicts = client.get("/schedule-conflicts", params=query).raise_for_status().json()["conflicts"]
    return [conflict for conflict in conflicts if conflict["resolution_options"]]


def _await(service: RunningService, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, service.log("worker")[-3000:] + service.log("consumer")[-3000:]
        time.sleep(0.2)
