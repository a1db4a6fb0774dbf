"""What changes at a sibling is a conflict after one interval of the monitors, without any write or event."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.acceptance.service import Service, until

INTERVAL_SECONDS = 5
# One interval until the next pass begins, and what a pass of a day takes.
FOUND_WITHIN_SECONDS = INTERVAL_SECONDS + 10.0
DAYS_AHEAD = 2


@pytest.fixture
def watching(service: Service) -> Iterator[Service]:
    """The service with monitors every five seconds; other tests have them every five minutes."""
    beat = service.running["beat"].program
    _restart(replace(service, env=service.env | {"MONITOR_INTERVAL_SECONDS": str(INTERVAL_SECONDS)}), beat.name)
    yield service
    _restart(service, beat.name)


def _restart(service: Service, name: str) -> None:
    program = service.running[name].program
    service.kill(name)
    service.start(program)
    service.await_ready()


def test_a_trail_that_closes_and_a_guide_on_leave_are_found_after_one_interval(watching: Service) -> None:
    day = watching.siblings.today + timedelta(days=DAYS_AHEAD)
    watching.run("manage.py", "optimize_schedules", "--from", day.isoformat(), "--to", day.isoformat(), "--json")
    with watching.client() as client:
        client.post(f"/daily-schedules/{day}/publish", json={"override_warnings": True}).raise_for_status()
        departures = client.get(f"/daily-schedules/{day}").raise_for_status().json()["assignments"]["departures"]
        staffed = [departure for departure in departures.values() if departure["team"] and departure.get("trail_id")]
        closing, leaving = staffed[0], next(d for d in staffed if d["trail_id"] != staffed[0]["trail_id"])

        watching.siblings.close_trail(closing["trail_id"], day, day)
        until(
            lambda: _found(client, day, "TRAIL_CLOSED", "affected_trail_ids", closing["trail_id"]),
            FOUND_WITHIN_SECONDS,
            "the closed trail is a conflict",
        )
        watching.siblings.alter("guides", leaving["team"][0]["guide_id"], status="ON_LEAVE")
        until(
            lambda: _found(client, day, "GUIDE_DOUBLE_BOOKED", "affected_guide_ids", leaving["team"][0]["guide_id"]),
            FOUND_WITHIN_SECONDS,
            "the guide on leave is a conflict",
        )


def _found(client: httpx.Client, day: date, kind: str, field: str, key: str) -> list[dict[str, Any]]:
    query = {"date": day.isoformat(), "type": kind, "page_size": "100"}
    listed = client.get("/schedule-conflicts", params=query).raise_for_status().json()["conflicts"]
    return [conflict for conflict in listed if key in conflict.get(field, [])]
