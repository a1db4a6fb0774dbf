"""The main job: optimize tomorrow, have its guests book, follow a schedule request to its end, and read its event."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

import httpx
from confluent_kafka import Producer

from novatrek_scheduling.sandbox.environment import needs_simulated_siblings
from novatrek_scheduling.sandbox.event_tail import EventTail
from novatrek_scheduling.sandbox.processes import spawn, stop
from novatrek_scheduling.sandbox.terminal import Terminal
from novatrek_scheduling.sandbox.world.company import company_of
from novatrek_scheduling.sandbox.world.reservations import reservations
from novatrek_scheduling.sandbox.world.trips import departures_on

TOPIC = "novatrek.operations.schedule.published"
RESERVATIONS = "novatrek.booking.reservation.created"
OPTIMIZE_WITHIN_SECONDS = 120.0
BOOK_WITHIN_SECONDS = 30.0
COMPLETE_WITHIN_SECONDS = 60.0
PUBLISH_WITHIN_SECONDS = 30.0
_POLL_SECONDS = 0.15
PREFERRED_DAYS = range(2, 9)
_FINAL = {"COMPLETED", "FAILED"}


class JobFailed(Exception):
    """A step of the main job failed; the message names the step and the failure."""


class MainJob:
    """The main job on a running sandbox. Setting `stopping` ends it early.

    `job_number` is the number of earlier jobs on the same data: each requests a different trip, so that each
    has an unpublished departure to publish. A larger company, by its `scale`, has as many times longer for it.
    """

    def __init__(
        self, env: Mapping[str, str], token: str, *, job_number: int, scale: int, terminal: Terminal, stopping: Event
    ) -> None:
        self._env = env
        self._job_number = job_number
        self._scale = scale
        self._terminal = terminal
        self._stopping = stopping
        self._today = datetime.now(UTC).date()
        self._api = httpx.Client(
            base_url=f"http://127.0.0.1:{env['PORT']}/scheduling/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def run(self) -> None:
        """Run all steps, showing the progress of each. Raise JobFailed, httpx.HTTPError or KafkaException."""
        started = time.monotonic()
        tomorrow = self._today + timedelta(days=1)
        self._optimize(tomorrow)
        if needs_simulated_siblings():
            self._book(tomorrow)
        events = EventTail(self._env["KAFKA_BOOTSTRAP_SERVERS"], TOPIC)
        try:
            completed = self._follow(self._submit())
            self._show_event(events, completed)
        finally:
            events.close()
        self._terminal.say(f"main job done in {time.monotonic() - started:.1f} s")

    def _optimize(self, day: date) -> None:
        """Run the command as an operator would, in a separate process that shows its progress on this terminal."""
        command = [sys.executable, "manage.py", "optimize_schedules", "--date", day.isoformat()]
        with self._terminal.held():
            process = spawn(command, env=self._env, output=None)
            try:
                status = self._wait_for(process, OPTIMIZE_WITHIN_SECONDS * self._scale)
            finally:
                stop(process, grace_seconds=3)
        if status != 0:
            raise JobFailed(f"optimize_schedules --date {day} ended with status {status}.")

    def _book(self, day: date) -> None:
        """Send the reservations of the seeded company, as the booking service would. Those that came before do nothing.

        The consumer seats the guests while the job goes on.
        """
        company = company_of(self._scale)
        events = reservations(departures_on(company, day, today=self._today), self._today)
        producer = Producer({"bootstrap.servers": self._env["KAFKA_BOOTSTRAP_SERVERS"]})
        for event in events:
            producer.produce(RESERVATIONS, json.dumps(event), key=event["reservation_id"])
        if producer.flush(BOOK_WITHIN_SECONDS):
            raise JobFailed(f"Kafka did not take the reservations within {BOOK_WITHIN_SECONDS:.0f} s.")
        guests = sum(event["participant_count"] for event in events)
        self._terminal.say(f"{RESERVATIONS}: {len(events)} reservations of {guests} guests for {day}")

    def _submit(self) -> dict[str, Any]:
        trip = self._choose_trip()
        days = [(self._today + timedelta(days=offset)).isoformat() for offset in PREFERRED_DAYS]
        body = {"trip_id": trip["id"], "preferred_dates": days, "priority": "HIGH"}
        response = self._api.post("/schedule-requests", json=body)
        if response.status_code != httpx.codes.ACCEPTED:
            raise JobFailed(f"POST /schedule-requests returned {response.status_code}: {response.text}")
        request: dict[str, Any] = response.json()
        self._terminal.say(f"schedule request {request['id']}: {trip['name']}, {days[0]} to {days[-1]}")
        self._terminal.say(f"  {request['status']}")
        return request

    def _follow(self, request: dict[str, Any]) -> dict[str, Any]:
        shown = request["status"]
        for _ in self._polling("the request completes", COMPLETE_WITHIN_SECONDS):
            request = self._api.get(f"/schedule-requests/{request['id']}").raise_for_status().json()
            if request["status"] != shown:
                shown = request["status"]
                self._terminal.say(f"  {shown}")
            if shown in _FINAL:
                break
        if shown != "COMPLETED":
            raise JobFailed(f"the schedule request ended as {shown}: {request}")
        self._show_result(request["result"])
        return request

    def _show_result(self, result: dict[str, Any]) -> None:
        for recommended in result["recommended_dates"]:
            day = recommended["date"]
            guides = [
                f"{assignment['guide_name']} ({assignment['assignment_status']})"
                for assignment in result["guide_assignments"]
                if assignment["date"] == day
            ]
            facts = f"{day} {recommended['availability_status']}, score {recommended['score']:.1f}"
            self._terminal.say(f"  {facts}: {', '.join(guides) or recommended.get('notes', 'no team')}")

    def _show_event(self, events: EventTail, request: dict[str, Any]) -> None:
        days = {recommended["date"] for recommended in request["result"]["recommended_dates"]}
        for _ in self._polling(f"an event on {TOPIC}", PUBLISH_WITHIN_SECONDS):
            event = events.poll()
            if event and event.get("schedule_date") in days:
                self._terminal.say(f"{TOPIC}: {json.dumps(event)}")
                return

    def _choose_trip(self) -> dict[str, Any]:
        """Return an active trip for beginners from the catalog."""
        query = {"status": "ACTIVE", "difficulty": "BEGINNER"}
        response = httpx.get(
            f"{self._env['TRIP_CATALOG_URL']}/trips",
            params=query,
            headers={"Authorization": f"Bearer {self._env['SIBLING_TOKEN']}"},
            timeout=10,
        )
        trips: list[dict[str, Any]] = response.raise_for_status().json()["data"]
        if not trips:
            raise JobFailed("svc-trip-catalog has no active trip for beginners.")
        return trips[self._job_number % len(trips)]

    def _wait_for(self, process: "subprocess.Popen[bytes]", seconds: float) -> int | None:
        for _ in self._polling("optimize_schedules", seconds):
            if process.poll() is not None:
                break
        return process.returncode

    def _polling(self, subject: str, seconds: float) -> Iterator[None]:
        """Yield repeatedly. Raise JobFailed when `seconds` have passed or the sandbox stops."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            yield
            if self._stopping.wait(_POLL_SECONDS):
                raise JobFailed("stopped.")
        raise JobFailed(f"waited {seconds:.0f} s in vain for {subject}.")
