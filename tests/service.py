"""The whole service on servers of its own, for what looks at it from outside."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any
from uuid import uuid4

import httpx
from confluent_kafka import Producer

from novatrek_scheduling.sandbox import programs
from novatrek_scheduling.sandbox.embedded import DISPOSABLE, free_port, kafka, postgres, valkey
from novatrek_scheduling.sandbox.environment import SIBLING_PATHS, bearer_token, sandbox_environment
from novatrek_scheduling.sandbox.servers import Servers
from novatrek_scheduling.sandbox.supervisor import Supervisor
from novatrek_scheduling.sandbox.terminal import Terminal

CHECKOUT = Path(__file__).resolve().parents[1]
READY_WITHIN_SECONDS = 90.0
ALERTS = "novatrek.safety.wildlife-alert.issued"
_SECRETS = {
    name: f"{name.lower()} of a service that lives as long as one program"
    for name in ("SECRET_KEY", "JWT_SECRET", "SIBLING_TOKEN", "DISPATCHER_PASSWORD")
}


@dataclass(frozen=True, slots=True)
class RunningService:
    """The addresses of a service that is up; the environment, the directory and the supervisor of its processes."""

    url: str
    siblings_url: str
    env: Mapping[str, str]
    home: Path
    supervisor: Supervisor

    @property
    def api_url(self) -> str:
        return f"{self.url}/scheduling/v1"

    @property
    def token(self) -> str:
        """A token with every scope."""
        return bearer_token(self.env)

    def client(self) -> httpx.Client:
        """A client of the API with every scope."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.api_url, headers=headers, timeout=60)

    def known_ids(self) -> dict[str, Any]:
        """Ids of the seeded world: `trip_ids`, `guide_ids`, `trail_ids`, `region_ids` and more."""
        summary: dict[str, Any] = httpx.get(f"{self.siblings_url}/_world/summary", timeout=30).raise_for_status().json()
        return summary

    def add_to_world(self, kind: str, **fields: Any) -> None:
        """Give the siblings one more entity to tell of."""
        httpx.post(f"{self.siblings_url}/_world/{kind}", json=fields, timeout=30).raise_for_status()

    def optimize(self, first: date, last: date | None = None) -> None:
        """Plan a date, or all from `first` to `last`, as an operator would. Raises CalledProcessError."""
        days = ["--from", first.isoformat(), "--to", (last or first).isoformat()]
        command = [sys.executable, "manage.py", "optimize_schedules", "--json", *days]
        subprocess.run(command, env=dict(self.env), cwd=CHECKOUT, check=True, capture_output=True)

    def issue_calendar_token(self, guide_id: str) -> str:
        """The token that opens a guide's calendar. Raises CalledProcessError."""
        command = [sys.executable, "manage.py", "issue_calendar_token", guide_id]
        printed = subprocess.run(
            command, env=dict(self.env), cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True
        )
        return printed.stdout.strip().partition("token=")[2]

    def publish(self, topic: str, event: dict[str, Any]) -> None:
        """Send an event as another service would."""
        producer = Producer({"bootstrap.servers": self.env["KAFKA_BOOTSTRAP_SERVERS"]})
        producer.produce(topic, json.dumps(event))
        if producer.flush(10):
            raise TimeoutError(f"Kafka did not take an event for {topic}.")

    def close_trails(self, trail_ids: list[str], until: datetime) -> None:
        """By an event, which lands over plans that were made before."""
        alert = {
            "event_id": str(uuid4()),
            "event_type": "wildlife_alert.issued",
            "timestamp": datetime.now(UTC).isoformat(),
            "alert_id": str(uuid4()),
            "sighting_id": None,
            "species_name": "Grizzly bear",
            "threat_level": "high",
            "affected_trail_ids": trail_ids,
            "recommended_action": "close_trail",
            "radius_meters": 800.0,
            "expires_at": until.isoformat(),
        }
        self.publish(ALERTS, alert)

    @contextmanager
    def paused(self, program: str) -> Iterator[None]:
        """The processes of a program get no CPU meanwhile; what they would do waits for them."""
        group = self.supervisor.process_id(program)
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def log(self, program: str) -> str:
        """What a program has written so far."""
        file = self.home / "logs" / f"{program}.log"
        return file.read_text(errors="replace") if file.exists() else ""


@contextmanager
def running_service(
    *,
    durability: tuple[str, ...] = DISPOSABLE,
    web: Mapping[str, str] | None = None,
) -> Iterator[RunningService]:
    """The five processes, the siblings and their servers, with all their data in a directory that goes with them.

    `web` holds variables for the web process alone.
    """
    with TemporaryDirectory(prefix="novatrek-service-") as name, ExitStack() as stack:
        home, port, siblings_port = Path(name), free_port(), free_port()
        home.chmod(0o755)  # PostgreSQL may run under another account than we do
        logs = home / "logs"
        logs.mkdir()
        sink = stack.enter_context((logs / "all.log").open("w"))
        stack.enter_context(chdir(CHECKOUT))
        servers = _servers(home, stack, durability)
        siblings_url = f"http://127.0.0.1:{siblings_port}"
        env = _environment(home, port, servers, siblings_url)
        supervisor = Supervisor(logs, Terminal(sink))
        stack.callback(supervisor.stop)
        supervisor.start(programs.siblings(siblings_port, home / "siblings.jsonl"), env)
        servers.prepare_database(env, CHECKOUT)
        for program in programs.service(port):
            supervisor.start(program, env | dict(web or {}) if program.name == "web" else env)
        supervisor.await_ready(Event(), within_seconds=READY_WITHIN_SECONDS)
        yield RunningService(f"http://127.0.0.1:{port}", siblings_url, env, home, supervisor)


def _servers(home: Path, stack: ExitStack, durability: tuple[str, ...]) -> Servers:
    logs = home / "logs"
    database = postgres(home / "postgres", database="novatrek", log=logs / "postgres.log", durability=durability)
    variables = {
        "DATABASE_URL": stack.enter_context(database),
        "VALKEY_URL": stack.enter_context(valkey(home / "valkey", log=logs / "valkey.log")),
        "KAFKA_BOOTSTRAP_SERVERS": stack.enter_context(kafka()),
    }
    return Servers(variables, is_own_database=False)


def _environment(home: Path, port: int, servers: Servers, siblings_url: str) -> dict[str, str]:
    made = sandbox_environment(home, _SECRETS, port=port, servers=servers.variables, siblings_url=siblings_url)
    ours = {variable: f"{siblings_url}/{path}" for variable, path in SIBLING_PATHS.items()}
    quiet = {"THROTTLE_RATE": "off", "DEBUG": "false", "PROMETHEUS_MULTIPROC_DIR": str(home / "metrics")}
    # The last word: where this process has an environment for other servers, this service does not take it.
    return made | dict(servers.variables) | ours | quiet
