"""The service as people run it: its real processes on servers of their own, for tests to load and to break."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import redis
from psycopg.rows import dict_row

from novatrek_scheduling.sandbox import programs
from novatrek_scheduling.sandbox.embedded import free_port, kafka, valkey
from novatrek_scheduling.sandbox.environment import bearer_token, sandbox_environment
from novatrek_scheduling.sandbox.processes import kill_group, stop
from novatrek_scheduling.sandbox.supervisor import Program, Supervised
from novatrek_scheduling.sandbox.terminal import Terminal
from tests.siblings import SimulatedSiblings

SECRETS = ("SECRET_KEY", "JWT_SECRET", "SIBLING_TOKEN", "DISPATCHER_PASSWORD")
CHECKOUT = Path(__file__).parents[2]
READY_WITHIN_SECONDS = 60.0
POLL_SECONDS = 0.1
# Recovery is the same with shorter times; only the tests end sooner.
SHORT_TIMES = {"SWEEP_EVERY_SECONDS": "1", "REQUEST_LEASE_SECONDS": "8", "REQUEST_PATIENCE_SECONDS": "15"}


@dataclass
class Service:
    """The processes, and what a test may do to them and ask of them."""

    env: dict[str, str]
    home: Path
    siblings: SimulatedSiblings
    # One connection for all that tests read, because they poll: PostgreSQL forks a process for each.
    _reader: psycopg.Connection[dict[str, Any]]
    running: dict[str, Supervised] = field(default_factory=dict)
    _valkey: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.env['PORT']}/scheduling/v1"

    def client(self, **options: Any) -> httpx.Client:
        """An API client with a token of every scope."""
        headers = {"Authorization": f"Bearer {bearer_token(self.env)}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, **options)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What the database answers."""
        return self._reader.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """The one value that the database answers."""
        return next(iter(self.rows(query, *values)[0].values()))

    def run(self, *arguments: str, given: str = "") -> str:
        """Run Python with `arguments` in the environment of the service; its output."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.env,
            cwd=CHECKOUT,
            input=given,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def start(self, program: Program) -> None:
        """Start a program; it ends with the thread that starts it."""
        self.running[program.name] = _supervised(program, self.env, self.home)

    def kill(self, name: str) -> None:
        """SIGKILL for the process and all its children, which can do nothing about it."""
        kill_group(self.running[name].process)

    def await_ready(self) -> None:
        """Return when every program answers."""
        until(lambda: all(map(_is_ready, self.running.values())), READY_WITHIN_SECONDS, "the service is ready")

    def start_valkey(self) -> None:
        """An empty Valkey, at the address that the service knows."""
        port = int(self.env["VALKEY_URL"].rpartition(":")[2])
        data = self.home / f"valkey-{uuid4().hex[:8]}"
        self._valkey.enter_context(valkey(data, log=self.home / "valkey.log", port=port))

    def restart_valkey_empty(self) -> None:
        """Everything in the queue and in the cache is gone."""
        self._valkey.close()
        self.start_valkey()

    def begin_anew(self) -> None:
        """No rows, no cached answers, and siblings as they were seeded."""
        self.siblings.restore()
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            connection.execute("SELECT set_config('scheduling.principal', 'maintenance', false)")
            connection.execute(f"TRUNCATE {', '.join(_tables(connection))} CASCADE")
        redis.Redis.from_url(f"{self.env['VALKEY_URL']}/0").flushdb()

    def stop(self) -> None:
        for program in self.running.values():
            if program.is_running():
                program.process.terminate()
        deadline = time.monotonic() + 5
        while any(program.is_running() for program in self.running.values()) and time.monotonic() < deadline:
            time.sleep(0.05)
        for program in self.running.values():
            kill_group(program.process)
        self._valkey.close()


@contextmanager
def running_service(home: Path, siblings: SimulatedSiblings) -> Iterator[Service]:
    """The web, two workers, the relay and beat, on a database, a Valkey and a Kafka that nobody else uses."""
    with ExitStack() as stack:
        env = _environment(home, siblings, stack)
        reader = psycopg.connect(env["DATABASE_URL"], row_factory=dict_row, autocommit=True)
        service = Service(env, home, siblings, stack.enter_context(reader))
        stack.callback(service.stop)
        service.start_valkey()
        service.run("-m", "novatrek_scheduling.sandbox.preparation")
        for program in _programs(int(env["PORT"])):
            service.start(program)
        service.await_ready()
        yield service


@contextmanager
def running_program(program: Program, env: Mapping[str, str], home: Path) -> Iterator[None]:
    """One more process, for as long as the block lasts."""
    supervised = _supervised(program, env, home)
    try:
        until(lambda: _is_ready(supervised), READY_WITHIN_SECONDS, f"{program.name} is ready")
        yield
    finally:
        stop(supervised.process)


def until(is_so: Callable[[], Any], seconds: float, what: str) -> Any:
    """What `is_so` answers once it is true; an AssertionError where that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := is_so()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain until {what}"
        Event().wait(POLL_SECONDS)
    return answer


def _environment(home: Path, siblings: SimulatedSiblings, stack: ExitStack) -> dict[str, str]:
    servers = {
        "DATABASE_URL": stack.enter_context(_database()),
        "VALKEY_URL": f"redis://127.0.0.1:{free_port()}",
        "KAFKA_BOOTSTRAP_SERVERS": stack.enter_context(kafka()),
    }
    kept = {name: os.environ.get(name, "a secret of the acceptance tests alone") for name in SECRETS}
    env = sandbox_environment(home, kept, port=free_port(), servers=servers, siblings_url=siblings.url)
    # What this process talks to is of the other tests.
    return env | servers | siblings.environment | SHORT_TIMES | {"DEBUG": "false"}


@contextmanager
def _database() -> Iterator[str]:
    """A database on the test process's server, dropped at the end."""
    server, name = os.environ["NOVATREK_TESTS_POSTGRES"].rpartition("/")[0], f"acceptance_{uuid4().hex[:8]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        connection.execute(f"ALTER DATABASE {name} SET search_path = scheduling, public")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _programs(port: int) -> Iterator[Program]:
    for program in programs.service(port):
        if program.name == "worker":
            yield from _two_of(program)
        elif program.name != "consumer":
            yield program


def _two_of(worker: Program) -> Iterator[Program]:
    """Workers of one child each, so that one can be killed while the other works."""
    command = list(worker.command)
    command[command.index("-c") + 1] = "1"
    for name in ("worker-1", "worker-2"):
        yield replace(worker, name=name, command=(*command, "-n", f"{name}@%h"))


def _supervised(program: Program, env: Mapping[str, str], home: Path) -> Supervised:
    return Supervised(program, env, home / f"{program.name}.log", Terminal((home / "all.log").open("a")))


def _is_ready(process: Supervised) -> bool:
    assert process.is_running(), f"{process.program.name} ended: {process.last_line}"
    return process.is_ready()


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    kept = ("django_%", "auth_%")
    names = connection.execute(
        "SELECT format('scheduling.%%I', tablename) FROM pg_tables WHERE schemaname = 'scheduling'"
        " AND NOT tablename LIKE ANY (%s)",
        [list(kept)],
    ).fetchall()
    return [name for (name,) in names]
