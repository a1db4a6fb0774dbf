"""The whole service on servers of its own, for what looks at it from outside."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import httpx

from novatrek_scheduling.sandbox import programs
from novatrek_scheduling.sandbox.embedded import DISPOSABLE, free_port, kafka, postgres, valkey
from novatrek_scheduling.sandbox.environment import SIBLING_PATHS, bearer_token, sandbox_environment
from novatrek_scheduling.sandbox.servers import Servers
from novatrek_scheduling.sandbox.supervisor import Program, Supervisor
from novatrek_scheduling.sandbox.terminal import Terminal

CHECKOUT = Path(__file__).resolve().parents[1]
READY_WITHIN_SECONDS = 90.0
_SECRETS = {
    name: f"{name.lower()} of a service that lives as long as one program"
    for name in ("SECRET_KEY", "JWT_SECRET", "SIBLING_TOKEN", "DISPATCHER_PASSWORD")
}


@dataclass(frozen=True, slots=True)
class RunningService:
    """The addresses of a service that is up, with the environment and the directory of its processes."""

    url: str
    siblings_url: str
    env: Mapping[str, str]
    home: Path

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

    def optimize(self, day: date) -> None:
        """Plan a date as an operator would. Raises CalledProcessError."""
        command = [sys.executable, "manage.py", "optimize_schedules", "--json", "--date", day.isoformat()]
        subprocess.run(command, env=dict(self.env), cwd=CHECKOUT, check=True, capture_output=True)

    def log(self, program: str) -> str:
        """What a program has written so far."""
        file = self.home / "logs" / f"{program}.log"
        return file.read_text(errors="replace") if file.exists() else ""


@contextmanager
def running_service(
    *,
    durability: tuple[str, ...] = DISPOSABLE,
    variables: Mapping[str, str] | None = None,
    altered: Callable[[Program], Program] = lambda program: program,
) -> Iterator[RunningService]:
    """The five processes, the siblings and their servers, with all their data in a directory that goes with them.

    `variables` are set for every process, `altered` may give a program another command.
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
        env = _environment(home, port, servers, siblings_url) | dict(variables or {})
        supervisor = Supervisor(logs, Terminal(sink))
        stack.callback(supervisor.stop)
        supervisor.start(programs.siblings(siblings_port, home / "siblings.jsonl"), env)
        servers.prepare_database(env, CHECKOUT)
        for program in programs.service(port):
            supervisor.start(altered(program), env)
        supervisor.await_ready(Event(), within_seconds=READY_WITHIN_SECONDS)
        yield RunningService(f"http://127.0.0.1:{port}", siblings_url, env, home)


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
