"""The simulated siblings when they fail, when they are altered, and when they start again."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from novatrek_scheduling.sandbox.siblings.app import SERVICES
from novatrek_scheduling.sandbox.siblings.state import State
from tests.contracts import operations, problems_of
from tests.siblings import SimulatedSiblings

READS = {
    "svc-trip-catalog": "/regions",
    "svc-guide-management": "/guides",
    "svc-trail-management": "/trails",
    "svc-location-services": "/locations",
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_down_ends_the_connection_without_an_answer(
    siblings: SimulatedSiblings, service: str
) -> None:
    siblings.switch(service, "down")

    with pytest.raises(httpx.TransportError):
        siblings.call(service, READS.get(service, "/"))
    assert siblings.is_up()


@pytest.mark.parametrize(("service", "path"), READS.items())
def test_a_service_that_fails_says_so_in_its_own_words(siblings: SimulatedSiblings, service: str, path: str) -> None:
    siblings.switch(service, "failing")

    response = siblings.call(service, path)

    assert response.status_code == 500
    if "500" in operations(service)["GET", path]["responses"]:
        assert problems_of(service, "GET", path, 500, response.json()) == []


@pytest.mark.parametrize(("service", "path"), READS.items())
def test_an_answer_off_the_contract_breaks_the_contract(siblings: SimulatedSiblings, service: str, path: str) -> None:
    siblings.switch(service, "off_contract")

    response = siblings.call(service, path)

    assert response.status_code == 200
    assert problems_of(service, "GET", path, 200, response.json()) != []


def test_a_slow_service_does_not_hold_up_the_others(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-weather", "slow", seconds=2)

    with ThreadPoolExecutor() as pool:
        slow = pool.submit(siblings.call, "svc-weather", "/weather/forecast", params={"station_id": "WX-PNW-01"})
        quick = siblings.call("svc-trip-catalog", "/regions")
        was_waiting = not slow.done()

    assert quick.status_code == slow.result().status_code == 200
    assert was_waiting


def test_a_reset_undoes_everything(siblings: SimulatedSiblings) -> None:
    guide_id = siblings.summary()["guide_ids"][0]
    siblings.switch("svc-weather", "failing")
    siblings.alter("guides", guide_id, status="SUSPENDED")

    siblings.restore()

    assert siblings.get("guides", guide_id)["status"] == "ACTIVE"
    query = {"station_id": "WX-PNW-01"}
    assert siblings.call("svc-weather", "/weather/forecast", params=query).status_code == 200


def test_a_world_that_was_kept_comes_back_as_it_was_and_the_seeded_one_too(siblings: SimulatedSiblings) -> None:
    guide_id, other_id = siblings.summary()["guide_ids"][:2]
    siblings.alter("guides", guide_id, status="SUSPENDED")
    siblings.keep_world("one is suspended")
    siblings.alter("guides", other_id, status="SUSPENDED")
    siblings.switch("svc-weather", "failing")

    siblings.restore("one is suspended")

    assert [siblings.get("guides", key)["status"] for key in (guide_id, other_id)] == ["SUSPENDED", "ACTIVE"]
    assert siblings.call("svc-weather", "/weather/forecast", params={"station_id": "WX-PNW-01"}).status_code == 200
    siblings.restore()
    assert siblings.get("guides", guide_id)["status"] == "ACTIVE"


def test_a_world_that_nobody_kept_is_unknown(siblings: SimulatedSiblings) -> None:
    assert httpx.post(f"{siblings.url}/_reset/nobodys").status_code == 404


def test_a_fact_that_is_altered_is_what_the_service_says(siblings: SimulatedSiblings) -> None:
    camp = siblings.summary()["location_ids"][0]
    path = f"/locations/{camp}/capacity"
    before = siblings.call("svc-location-services", path, params={"date": "2026-12-24"}).json()

    siblings.set_location_capacity(camp, 3)

    after = siblings.call("svc-location-services", path, params={"date": "2026-12-24"}).json()
    assert before["max_capacity"] > 50
    assert after["max_capacity"] == 3


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    journal, today = tmp_path / "journal.jsonl", date(2026, 11, 22)
    first = State(today, journal)
    trip_id = next(iter(first.world.trips))
    arguments = {"trip_id": trip_id, "departure_date": "2026-12-01", "departure_time": "03:00"}
    created = first.execute("create_departure", arguments, service="svc-trip-catalog", path="/trips")

    restarted = State(today, journal)

    assert restarted.world.departures[created["id"]] == created
    assert restarted.received == first.received


def test_half_a_line_at_the_end_of_the_journal_is_no_obstacle(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    State(date(2026, 11, 22), journal).execute("queue_notification", {"x": "y"}, service="svc-notifications")
    with journal.open("a") as lines:
        lines.write('{"command": "queue_not')

    restarted = State(date(2026, 11, 22), journal)

    assert len(restarted.received["svc-notifications"]) == 1


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "novatrek_scheduling.sandbox.siblings", "--port", port]
        ended = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr.strip().count("\n") == 0
    assert f"port {port}" in ended.stderr


def test_unknown_services_and_entities_are_named(siblings: SimulatedSiblings) -> None:
    unknown = str(uuid4())

    switch = httpx.post(f"{siblings.url}/_switches", json={"service": "svc-lunch", "mode": "ok"})
    patch = httpx.patch(f"{siblings.url}/_world/guides/{unknown}", json={})

    assert (switch.status_code, patch.status_code) == (404, 404)
    assert "svc-lunch" in switch.text
    assert unknown in patch.text
