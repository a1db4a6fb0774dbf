"""Programs under the supervisor: they come back when they die, and never outlive it."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from novatrek_scheduling.sandbox.supervisor import Program, ProgramFailed, Supervisor
from novatrek_scheduling.sandbox.terminal import Terminal

SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
HAS_A_CHILD = (
    f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]).pid, flush=True); {SLEEPS}"
)
SPAWNS = f"""
import os, sys, time
from novatrek_scheduling.sandbox.processes import spawn
print(spawn([sys.executable, "-c", {SLEEPS!r}], env=os.environ, output=-3).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path: Path, shown: io.StringIO) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "logs", Terminal(shown))
    yield supervisor
    supervisor.stop()


def test_a_program_is_ready_when_it_says_so(supervisor: Supervisor, shown: io.StringIO) -> None:
    supervisor.start(_python("worker", SLEEPS, ready_pattern="up"), os.environ)

    supervisor.await_ready(Event(), within_seconds=20)

    assert shown.getvalue() == "worker   | up\n"


def test_a_program_that_dies_is_started_again(supervisor: Supervisor, shown: io.StringIO) -> None:
    supervisor.start(_python("relay", "print('up', flush=True); raise SystemExit(3)"), os.environ)

    def came_back() -> bool:
        supervisor.revive()
        return shown.getvalue().count("| up") >= 2

    _eventually(came_back)
    assert "relay ended with status 3; restarting in 1 s" in shown.getvalue()


def test_a_program_that_cannot_start_is_reported_with_its_last_line(supervisor: Supervisor) -> None:
    supervisor.start(_python("web", "raise SystemExit('cannot start: no database')", ready_pattern="never"), os.environ)

    with pytest.raises(ProgramFailed, match="web did not start: cannot start: no database"):
        supervisor.await_ready(Event(), within_seconds=20)


def test_a_program_that_never_gets_ready_is_named(supervisor: Supervisor) -> None:
    supervisor.start(_python("beat", SLEEPS, ready_pattern="never"), os.environ)

    with pytest.raises(ProgramFailed, match="not ready within 0 s: beat"):
        supervisor.await_ready(Event(), within_seconds=0.2)


def test_stopping_leaves_no_grandchild_behind(supervisor: Supervisor, shown: io.StringIO) -> None:
    supervisor.start(_python("worker", HAS_A_CHILD, ready_pattern="up"), os.environ)
    supervisor.await_ready(Event(), within_seconds=20)
    grandchild = next(int(word) for word in shown.getvalue().split() if word.isdecimal())

    supervisor.stop()

    _eventually(lambda: not _is_alive(grandchild))


def test_a_killed_parent_takes_its_children_along() -> None:
    with subprocess.Popen([sys.executable, "-c", SPAWNS], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert _is_alive(child)

        parent.kill()

    _eventually(lambda: not _is_alive(child))


def test_what_processes_write_waits_while_something_is_shown(shown: io.StringIO) -> None:
    terminal = Terminal(shown)

    with terminal.held():
        terminal.log("web", "hello")
        terminal.say("a table")

    assert shown.getvalue() == "a table\nweb      | hello\n"


def _python(name: str, code: str, ready_pattern: str | None = None) -> Program:
    return Program(name, (sys.executable, "-c", code), ready_pattern=ready_pattern)


def _eventually(condition: Callable[[], bool], *, within_seconds: float = 20) -> None:
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
