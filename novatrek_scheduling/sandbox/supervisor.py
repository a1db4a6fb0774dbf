"""Programs that are kept running: started, read, started again when they die, and stopped in order."""

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
LOOK_EVERY_SECONDS = 0.1


class ProgramFailed(Exception):
    """A program ended before it was ready, or was not ready in time."""


@dataclass(frozen=True, slots=True)
class Program:
    """A command to keep running. It is ready once `answers` is true, or it wrote a line that has `says`,
    or, with neither, as soon as it runs."""

    name: str
    command: tuple[str, ...]
    answers: Callable[[], bool] | None = None
    says: str | None = None


class Supervised:
    """One program with the process that runs it now. `start` belongs in the main thread."""

    def __init__(self, program: Program, env: Mapping[str, str], log: Path, terminal: Terminal) -> None:
        self.program = program
        self.last_line = ""
        self._env = env
        self._log = log
        self._terminal = terminal
        self._said = Event()
        self._pause = FIRST_PAUSE_SECONDS
        self.start()

    def start(self) -> None:
        """Run the command, and read what it writes until it ends."""
        self.process: ByteProcess = spawn(self.program.command, env=self._env, output=PIPE)
        self._started_at = time.monotonic()
        self._due_at: float | None = None
        self._reader = Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()

    def is_running(self) -> bool:
        return self.process.poll() is None

    def is_ready(self) -> bool:
        if self.program.says and not self._said.is_set():
            return False
        return self.program.answers is None or self.program.answers()

    def revive(self) -> None:
        """Start the program again when it has died, after a pause that grows with each death."""
        if self.is_running():
            return
        now = time.monotonic()
        if self._due_at is None:
            kill_group(self.process)
            steady = now - self._started_at > STEADY_AFTER_SECONDS
            pause = self._pause = FIRST_PAUSE_SECONDS if steady else self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            self._due_at = now + pause
            how = f"ended with status {self.process.returncode}; starting it again in {pause:.0f} s"
            self._terminal.log("sandbox", f"{self.program.name} {how}")
        elif now >= self._due_at:
            self.start()

    def finish_reading(self) -> None:
        """Wait for the last lines of a process that has ended."""
        self._reader.join(1)

    def _read(self, process: ByteProcess) -> None:
        assert process.stdout is not None  # noqa: S101 (a pipe, for the type checker)
        with process.stdout, self._log.open("ab") as log:
            for raw in process.stdout:
                log.write(raw)
                log.flush()
                self._take(raw.decode(errors="replace").rstrip())

    def _take(self, line: str) -> None:
        if not line:
            return
        self.last_line = line
        self._terminal.log(self.program.name, line)
        if self.program.says and re.search(self.program.says, line):
            self._said.set()


class Supervisor:
    """All programs of the sandbox."""

    def __init__(self, logs: Path, terminal: Terminal) -> None:
        logs.mkdir(exist_ok=True)
        self._logs = logs
        self._terminal = terminal
        self._running: list[Supervised] = []

    def start(self, program: Program, env: Mapping[str, str]) -> None:
        """Start a program; it is stopped in the reverse order of starting."""
        self._running.append(Supervised(program, env, self._logs / f"{program.name}.log", self._terminal))

    def await_ready(self, stopping: Event, *, within_seconds: float) -> None:
        """Return when every program is ready, or somebody asked to stop. Raises ProgramFailed."""
        deadline = time.monotonic() + within_seconds
        waiting = list(self._running)
        while waiting and not stopping.is_set():
            _fail_if_dead(waiting)
            waiting = [program for program in waiting if not program.is_ready()]
            if waiting and time.monotonic() > deadline:
                names = ", ".join(program.program.name for program in waiting)
                raise ProgramFailed(f"not ready within {within_seconds:.0f} s: {names}; see {self._logs}.")
            stopping.wait(LOOK_EVERY_SECONDS)

    def process_id(self, name: str) -> int:
        """Of the process that runs the program now; it leads a process group of its own."""
        return next(running.process.pid for running in self._running if running.program.name == name)

    def revive(self) -> None:
        """Start again what has died."""
        for running in self._running:
            running.revive()

    def stop(self, *, patience_seconds: float = 10.0) -> None:
        """Ask all to end at once but siblings, which the others need until then; end what does not."""
        first = [running for running in self._running if running.program.name != "siblings"]
        _stop_all(first, patience_seconds)
        _stop_all([running for running in self._running if running not in first], patience_seconds)
        self._running.clear()


def _fail_if_dead(programs: Iterable[Supervised]) -> None:
    for program in programs:
        if not program.is_running():
            program.finish_reading()
            last = program.last_line or f"status {program.process.returncode}"
            raise ProgramFailed(f"{program.program.name} did not start: {last}")


def _stop_all(programs: list[Supervised], patience_seconds: float) -> None:
    for program in programs:
        if program.is_running():
            program.process.terminate()
    deadline = time.monotonic() + patience_seconds
    while any(program.is_running() for program in programs) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS)
    for program in programs:
        kill_group(program.process)
        program.finish_reading()
