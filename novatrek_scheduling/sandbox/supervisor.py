"""Supervision of programs: started, logged, restarted when they end, and stopped in order."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from threading import Event, Thread

from novatrek_scheduling.sandbox.processes import ByteProcess, kill_group, spawn
from novatrek_scheduling.sandbox.terminal import Terminal

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
POLL_SECONDS = 0.1


class ProgramFailed(Exception):
    """A program ended before it was ready, or was not ready in time."""


@dataclass(frozen=True, slots=True)
class Program:
    """A command to keep running.

    It is ready once `is_available` returns True and it has written a line that matches `ready_pattern`; where
    both are None, as soon as it runs.
    """

    name: str
    command: tuple[str, ...]
    is_available: Callable[[], bool] | None = None
    ready_pattern: str | None = None


class Supervised:
    """A program with its current process. `start` must be called in the main thread."""

    def __init__(self, program: Program, env: Mapping[str, str], log: Path, terminal: Terminal) -> None:
        self.program = program
        self.last_line = ""
        self._env = env
        self._log = log
        self._terminal = terminal
        self._has_reported_ready = Event()
        self._pause = FIRST_PAUSE_SECONDS
        self.start()

    def start(self) -> None:
        """Run the command and log its output until it ends."""
        self.process: ByteProcess = spawn(self.program.command, env=self._env, output=PIPE)
        self._started_at = time.monotonic()
        self._due_at: float | None = None
        self._reader = Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()

    def is_running(self) -> bool:
        """Return True while the process has not ended."""
        return self.process.poll() is None

    def is_ready(self) -> bool:
        """Return True once the conditions of the program are met."""
        if self.program.ready_pattern and not self._has_reported_ready.is_set():
            return False
        return self.program.is_available is None or self.program.is_available()

    def revive(self) -> None:
        """Restart the program if it has ended, after a pause that doubles each time."""
        if self.is_running():
            return
        now = time.monotonic()
        if self._due_at is None:
            kill_group(self.process)
            was_steady = now - self._started_at > STEADY_AFTER_SECONDS
            pause = self._pause = FIRST_PAUSE_SECONDS if was_steady else self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            self._due_at = now + pause
            outcome = f"ended with status {self.process.returncode}; restarting in {pause:.0f} s"
            self._terminal.log("sandbox", f"{self.program.name} {outcome}")
        elif now >= self._due_at:
            self.start()

    def finish_reading(self) -> None:
        """Wait for the last lines of an ended process, for at most one second."""
        self._reader.join(1)

    def _read(self, process: ByteProcess) -> None:
        assert process.stdout is not None  # noqa: S101 (a pipe, for the type checker)
        with process.stdout, self._log.open("ab") as log:
            for raw in process.stdout:
                log.write(raw)
                log.flush()
                self._handle_line(raw.decode(errors="replace").rstrip())

    def _handle_line(self, line: str) -> None:
        if not line:
            return
        self.last_line = line
        self._terminal.log(self.program.name, line)
        if self.program.ready_pattern and re.search(self.program.ready_pattern, line):
            self._has_reported_ready.set()


class Supervisor:
    """All programs of the sandbox."""

    def __init__(self, logs: Path, terminal: Terminal) -> None:
        logs.mkdir(exist_ok=True)
        self._logs = logs
        self._terminal = terminal
        self._running: list[Supervised] = []

    def start(self, program: Program, env: Mapping[str, str]) -> None:
        """Start a program."""
        self._running.append(Supervised(program, env, self._logs / f"{program.name}.log", self._terminal))

    def await_ready(self, stopping: Event, *, within_seconds: float) -> None:
        """Return when every program is ready or `stopping` is set. Raise ProgramFailed if one ends or time is over."""
        deadline = time.monotonic() + within_seconds
        pending = list(self._running)
        while pending and not stopping.is_set():
            _fail_if_ended(pending)
            pending = [program for program in pending if not program.is_ready()]
            if pending and time.monotonic() > deadline:
                names = ", ".join(program.program.name for program in pending)
                raise ProgramFailed(f"not ready within {within_seconds:.0f} s: {names}; see {self._logs}.")
            stopping.wait(POLL_SECONDS)

    def process_id(self, name: str) -> int:
        """Return the id of the program's current process, which leads its own process group."""
        return next(running.process.pid for running in self._running if running.program.name == name)

    def revive(self) -> None:
        """Restart the programs that have ended."""
        for running in self._running:
            running.revive()

    def stop(self, *, grace_seconds: float = 10.0) -> None:
        """Terminate all programs, the siblings last since the others need them, and kill those that do not end."""
        dependents = [running for running in self._running if running.program.name != "siblings"]
        _stop_all(dependents, grace_seconds)
        _stop_all([running for running in self._running if running not in dependents], grace_seconds)
        self._running.clear()


def _fail_if_ended(programs: Iterable[Supervised]) -> None:
    for program in programs:
        if not program.is_running():
            program.finish_reading()
            last = program.last_line or f"status {program.process.returncode}"
            raise ProgramFailed(f"{program.program.name} did not start: {last}")


def _stop_all(programs: list[Supervised], grace_seconds: float) -> None:
    for program in programs:
        if program.is_running():
            program.process.terminate()
    deadline = time.monotonic() + grace_seconds
    while any(program.is_running() for program in programs) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for program in programs:
        kill_group(program.process)
        program.finish_reading()
