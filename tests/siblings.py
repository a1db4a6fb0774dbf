"""The seven simulated siblings for tests: one process a session, back to its seeded world after each test."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.core.cache import caches

from novatrek_scheduling.console.board.siblings_view import forget_views
from novatrek_scheduling.sandbox.embedded import free_port
from novatrek_scheduling.sandbox.processes import spawn, stop
from novatrek_scheduling.sandbox.world.weather import FORECAST_DAYS, forecast_id
from scheduling.siblings.response_cache import end_pause
from tests.scheduling.siblings.circuits import close_all_circuits

VARIABLES = {
    "TRIP_CATALOG_URL": "svc-trip-catalog",
    "GUIDE_MANAGEMENT_URL": "svc-guide-management",
    "TRAIL_MANAGEMENT_URL": "svc-trail-management",
    "WEATHER_URL": "svc-weather",
    "LOCATION_SERVICES_URL": "svc-location-services",
    "NOTIFICATIONS_URL": "svc-notifications",
    "ANALYTICS_URL": "svc-analytics",
}


class SimulatedSiblings:
    """A client of the simulated siblings: reads what they received, and alters what they say."""

    def __init__(self, url: str, *, token: str, today: date) -> None:
        self.url = url
        self.today = today
        self.token = token
        self._control = httpx.Client(base_url=url, timeout=30)

    @property
    def urls(self) -> dict[str, str]:
        """The base URL of each sibling, as `settings.SIBLING_URLS` has them."""
        return {service: f"{self.url}/{service}" for service in VARIABLES.values()}

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a process at these siblings."""
        return {variable: f"{self.url}/{service}" for variable, service in VARIABLES.items()}

    def switch(self, service: str, mode: str, seconds: float = 5.0, *, path: str = "", **patch: Any) -> None:
        """Set the mode of a service, one of `Mode`, for the calls whose path the expression `path` matches.

        `seconds` is the delay of a slow one, `patch` what every entity of an altered one has instead.
        """
        self._post("/_switches", {"service": service, "mode": mode, "seconds": seconds, "path": path, "patch": patch})

    def received(self, service: str) -> list[dict[str, Any]]:
        """What was POSTed to a service: `id`, `received_at`, `path` and `body` each, oldest first."""
        return self._read(f"/_received/{service}")

    def call(self, service: str, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        """Call an operation as a client of the service would."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self._control.request(method, f"/{service}{path}", headers=headers, **options)

    def get(self, kind: str, entity_id: str) -> dict[str, Any]:
        """An entity as it is now; kinds are the fields of `sandbox.world.World`."""
        return self._read(f"/_world/{kind}/{entity_id}")

    def alter(self, kind: str, entity_id: str, **changes: Any) -> dict[str, Any]:
        """Change an entity by a JSON merge patch."""
        return self._done(self._control.patch(f"/_world/{kind}/{entity_id}", json=changes))

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Add an entity; without an `id` it gets one."""
        return self._post(f"/_world/{kind}", fields)

    def keep(self, region_ids: list[str], *, guides: int) -> None:
        """Make the world small: these regions, and this many of the guides who work in them."""
        self._post("/_keep", {"region_ids": region_ids, "guides": guides})

    def remove(self, kind: str, entity_id: str) -> None:
        """Make an entity unknown."""
        self._done(self._control.delete(f"/_world/{kind}/{entity_id}"))

    def summary(self) -> dict[str, Any]:
        """Ids for examples: regions, active and inactive trips, active guides, trails, base camps."""
        return self._read("/_world/summary")

    def send_guide_away(self, guide_id: str, first: date, last: date, *, notes: str = "Vacation") -> dict[str, Any]:
        return self._window(guide_id, first, last, available=False, notes=notes)

    def call_guide_back(self, guide_id: str, first: date, last: date) -> None:
        """Nothing keeps the guide away on these dates, whatever the seeded world says."""
        days = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        windows = self.call("svc-guide-management", f"/guides/{guide_id}/availability", params=days).json()["data"]
        for window in windows:
            if not window["available"]:
                self.remove("windows", window["id"])

    def leave_note(self, guide_id: str, day: date, notes: str) -> dict[str, Any]:
        """A window in which the guide is available, with a note that somebody must read."""
        return self._window(guide_id, day, day, available=True, notes=notes)

    def set_certificate(self, guide_id: str, name: str, **changes: Any) -> dict[str, Any]:
        """Alter the certificate of this name (`status`, `expiry_date`), or give the guide one."""
        held = self.call("svc-guide-management", f"/guides/{guide_id}/certifications").json()["data"]
        for certificate in held:
            if certificate["certification_type"] == name:
                return self.alter("certifications", certificate["id"], **changes)
        fresh = {"issued_date": "2020-01-01", "issuing_body": "A council", "certificate_number": "NT-1"}
        new = fresh | {"guide_id": guide_id, "certification_type": name, "status": "VALID", "expiry_date": None}
        return self.add("certifications", **(new | changes))

    def expire_certificates(self, guide_id: str) -> None:
        """Let every certificate of the guide run out: a higher one covers for those below it."""
        held = self.call("svc-guide-management", f"/guides/{guide_id}/certifications").json()["data"]
        for certificate in held:
            self.alter("certifications", certificate["id"], status="EXPIRED", expiry_date="2020-01-01")

    def close_trail(self, trail_id: str, first: date, last: date, *, severity: str = "SEVERE") -> dict[str, Any]:
        closure = {"trail_id": trail_id, "reason": "Closed by a test.", "severity": severity}
        days = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        return self.add("closures", **closure, **days, is_active=first <= self.today <= last)

    def open_trail(self, trail_id: str) -> None:
        """No closure of the trail, whatever the seeded world says."""
        for closure in self.call("svc-trail-management", f"/trails/{trail_id}/closures").json()["closures"]:
            self.remove("closures", closure["id"])

    def raise_alert(
        self, region_id: str, starts_at: datetime, ends_at: datetime, *, severity: str = "WARNING", **fields: Any
    ) -> dict[str, Any]:
        span = {"effective_from": starts_at.isoformat(), "effective_until": ends_at.isoformat()}
        alert = {"region_id": region_id, "alert_type": "SEVERE_STORM", "severity": severity, "title": "Storm"}
        return self.add("alerts", **alert, **span, **({"affected_trail_ids": [], "is_active": True} | fields))

    def calm_the_weather(self, region_id: str) -> None:
        """Neither storm nor alert in the region, whatever the seeded world says."""
        alerts = self.call("svc-weather", "/weather/alerts", params={"region_id": region_id}).json()["alerts"]
        for alert in alerts:
            self.remove("alerts", alert["id"])
        station = self.get("regions", region_id)["weather_station_id"]
        for offset in range(FORECAST_DAYS):
            self.alter("forecasts", forecast_id(station, self.today + timedelta(days=offset)), condition="CLEAR")

    def set_location_capacity(self, location_id: str, people: int) -> dict[str, Any]:
        self.alter("locations", location_id, capacity=people)
        return self.alter("capacities", location_id, max_capacity=people)

    def add_departure(
        self, trip_id: str, day: date, time: str = "08:00", *, total: int = 8, sold: int = 0, **fields: Any
    ) -> dict[str, Any]:
        spots = {"total_spots": total, "available_spots": total - sold}
        when = {"departure_date": day.isoformat(), "departure_time": time}
        departure = {"guide_id": None, "status": "OPEN"} | spots | when | fields
        return self.add("departures", trip_id=trip_id, **({"id": str(uuid4())} | departure))

    def keep_world(self, name: str) -> None:
        """Have `restore` lead to the world as it is now, by this name."""
        self._done(self._control.post(f"/_kept/{name}"))

    def restore(self, name: str = "") -> None:
        """Back to the seeded world or the one kept under a name, with every service up and nothing received."""
        self._done(self._control.post(f"/_reset/{name}" if name else "/_reset"))

    def is_up(self) -> bool:
        try:
            return self._control.get("/_health").is_success
        except httpx.TransportError:
            return False

    def _window(self, guide_id: str, first: date, last: date, **fields: Any) -> dict[str, Any]:
        days = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        return self.add("windows", guide_id=guide_id, **days, **fields)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._done(self._control.post(path, json=body))

    def _read(self, path: str) -> Any:
        return self._done(self._control.get(path))

    @staticmethod
    def _done(response: httpx.Response) -> Any:
        assert response.is_success, response.text
        return response.json()


@pytest.fixture(scope="session")
def siblings_process() -> Iterator[SimulatedSiblings]:
    """The process, started when the first test needs it."""
    client = SimulatedSiblings(
        f"http://127.0.0.1:{free_port()}", token=os.environ["SIBLING_TOKEN"], today=datetime.now(UTC).date()
    )
    port, day = client.url.rpartition(":")[2], client.today.isoformat()
    command = [sys.executable, "-m", "novatrek_scheduling.sandbox.siblings", "--port", port, "--date", day]
    log = Path(tempfile.mkdtemp(prefix="novatrek-siblings-")) / "siblings.log"
    with log.open("wb") as output:
        process = spawn(command, env=os.environ, output=output)
    try:
        _await_siblings(client, process, log)
        yield client
    finally:
        stop(process, grace_seconds=3)


@pytest.fixture
def siblings(siblings_process: SimulatedSiblings, settings: Any) -> Iterator[SimulatedSiblings]:
    """The siblings, with the settings pointing at them; after a test nothing of what it altered or heard is left."""
    settings.SIBLING_URLS = siblings_process.urls
    _forget_answers()
    # As it is configured now: a test may have it lead nowhere.
    answers = caches["siblings"]
    yield siblings_process
    siblings_process.restore()
    answers.clear()
    forget_views()


def _forget_answers() -> None:
    """Forget what earlier tests of this process heard from siblings, and what it thinks of them since."""
    caches["siblings"].clear()
    forget_views()
    end_pause()
    close_all_circuits()


def _await_siblings(client: SimulatedSiblings, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 20
    while not client.is_up():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, f"the siblings did not start: {log.read_text()}"
        time.sleep(0.05)
