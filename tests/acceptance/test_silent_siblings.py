"""Each sibling down, slow, failing and off its contract, while the service runs and is asked."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.acceptance.service import Service, until

TROUBLES = ("slow", "down", "failing", "off_contract")
ANSWER_WITHIN_SECONDS = 5.0
BACK_WITHIN_SECONDS = 40.0
FIRST_DAY = 2
TRIP = "Rainforest Family Stroll"
WARNING = {
    "svc-weather": "WEATHER_ALERT",
    "svc-trail-management": "TRAIL_CLOSED",
    "svc-location-services": "CAPACITY_EXCEEDED",
}


@pytest.fixture(autouse=True)
def _fair_weather(service: Service) -> None:
    """Whatever the seeded world has today, the trip's region has no storm and no closed trail."""
    world = service.siblings
    region = world.get("regions", world.get("trips", trip(service))["region_id"])
    for offset in range(FIRST_DAY, FIRST_DAY + len(TROUBLES)):
        forecast = f"{region['weather_station_id']}@{world.today + timedelta(days=offset)}"
        world.alter("forecasts", forecast, condition="CLEAR")
    for alert in world.call("svc-weather", f"/weather/alerts?region_id={region['id']}").json()["alerts"]:
        world.remove("alerts", alert["id"])
    for trail in world.call("svc-trail-management", f"/trails?region_id={region['id']}").json()["trails"]:
        for closure in world.call("svc-trail-management", f"/trails/{trail['id']}/closures").json()["closures"]:
            world.remove("closures", closure["id"])


@pytest.mark.parametrize("sibling", WARNING)
def test_without_it_a_request_completes_and_waits_for_a_persons_approval(service: Service, sibling: str) -> None:
    with service.client() as client:
        for offset, trouble in enumerate(TROUBLES, start=FIRST_DAY):
            service.siblings.switch(sibling, trouble)

            asked = ask(service, client, offset)
            assert asked.status_code == 200
            completed = followed(client, submitted(service, client, offset))

            for result in (asked.json(), completed["result"]):
                assert (WARNING[sibling], "LOW") in warnings_of(result, sibling), trouble
                assert assignment_statuses(result) == {"PENDING_APPROVAL"}, trouble
            assert sibling != "svc-weather" or completed["result"]["weather_summary"]["forecast_confidence"] == 0
    assert departure_statuses(service) == {"DRAFT"}
    assert service.rows("SELECT kind FROM outbox WHERE destination = 'kafka'") == []
    assert slowest_run_ms(service) < ANSWER_WITHIN_SECONDS * 1000


@pytest.mark.parametrize("sibling", ["svc-guide-management", "svc-trip-catalog"])
def test_without_it_nothing_is_decided_until_it_is_back(service: Service, sibling: str) -> None:
    with service.client() as client:
        accepted = []
        for offset, trouble in enumerate(TROUBLES, start=FIRST_DAY):
            service.siblings.switch(sibling, trouble)

            refused = ask(service, client, offset)
            accepted.append(submitted(service, client, offset))

            assert (refused.status_code, refused.json()["code"]) == (503, "SIBLING_UNAVAILABLE"), trouble
            assert sibling in refused.json()["message"]
            assert int(refused.headers["Retry-After"]) > 0
        until(lambda: postponed(service), BACK_WITHIN_SECONDS, "a worker has met the silence")
        assert {client.get(f"/schedule-requests/{request_id}").json()["status"] for request_id in accepted} <= {
            "PENDING",
            "PROCESSING",
        }

        service.siblings.switch(sibling, "ok")

        for request_id in accepted:
            assert assignment_statuses(followed(client, request_id)["result"]) & {"CONFIRMED", "TENTATIVE"}
        until(
            lambda: ask(service, client, FIRST_DAY).status_code == 200,
            BACK_WITHIN_SECONDS,
            "questions are answered again",
        )


@pytest.mark.parametrize("sibling", ["svc-notifications", "svc-analytics"])
def test_what_it_should_be_told_waits_until_it_is_back(service: Service, sibling: str) -> None:
    with service.client() as client:
        for offset, trouble in enumerate(TROUBLES, start=FIRST_DAY):
            service.siblings.switch(sibling, trouble)

            assert ask(service, client, offset).status_code == 200
            completed = followed(client, submitted(service, client, offset))

            assert completed["result"]["guide_assignments"], trouble
        waiting = until(lambda: untold(service, sibling), ANSWER_WITHIN_SECONDS, "a message waits")

        service.siblings.switch(sibling, "ok")

        until(lambda: not untold(service, sibling), BACK_WITHIN_SECONDS, "every message has arrived")
    assert len(service.siblings.received(sibling)) >= waiting
    assert service.rows("SELECT id FROM dead_letters") == []


def ask(service: Service, client: httpx.Client, offset: int) -> httpx.Response:
    """Which team could lead the trip on a date; the answer comes in time and is no 500."""
    day = str(service.siblings.today + timedelta(days=offset))
    query = {"trip_id": trip(service), "date_range_start": day, "date_range_end": day}
    response = client.get("/schedule-optimization", params=query, timeout=ANSWER_WITHIN_SECONDS)
    assert response.status_code in {200, 503}, response.text
    return response


def submitted(service: Service, client: httpx.Client, offset: int) -> str:
    """The id of a request for the trip on a date; it is accepted in time whoever is silent."""
    body = {"trip_id": trip(service), "preferred_dates": [str(service.siblings.today + timedelta(days=offset))]}
    response = client.post("/schedule-requests", json=body, timeout=ANSWER_WITHIN_SECONDS)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def followed(client: httpx.Client, request_id: str) -> dict[str, Any]:
    """The request at its end."""

    def ended() -> dict[str, Any] | None:
        answer: dict[str, Any] = client.get(f"/schedule-requests/{request_id}").json()
        return answer if answer["status"] in {"COMPLETED", "FAILED"} else None

    answer: dict[str, Any] = until(ended, BACK_WITHIN_SECONDS, "the request is at its end")
    assert answer["status"] == "COMPLETED", answer
    return answer


def trip(service: Service) -> str:
    """An easy walk in a region that has a weather station, trails and a base camp."""
    world = service.siblings
    return next(str(key) for key in world.summary()["trip_ids"] if world.get("trips", key)["name"] == TRIP)


def warnings_of(result: dict[str, Any], sibling: str) -> set[tuple[str, str]]:
    """The type and severity of what the result warns of on account of a sibling; each says what was not known."""
    ours = [warning for warning in result["conflict_warnings"] if warning.get("source_service") == sibling]
    assert all(warning["message"] for warning in ours)
    return {(warning["type"], warning["severity"]) for warning in ours}


def assignment_statuses(result: dict[str, Any]) -> set[str]:
    return {assignment["assignment_status"] for assignment in result["guide_assignments"]}


def departure_statuses(service: Service) -> set[str]:
    documents = [row["assignments"] for row in service.rows("SELECT assignments FROM daily_schedules")]
    return {
        departure["status"]
        for document in documents
        for departure in document["departures"].values()
        if departure.get("team")
    }


def slowest_run_ms(service: Service) -> int:
    return int(service.value("SELECT max(duration_ms) FROM optimization_runs"))


def postponed(service: Service) -> int:
    return int(service.value("SELECT count(*) FROM request_jobs WHERE silent_rounds > 0 AND not_before > now()"))


def untold(service: Service, sibling: str) -> int:
    return int(service.value("SELECT count(*) FROM outbox WHERE destination = %s AND sent_at IS NULL", sibling))
