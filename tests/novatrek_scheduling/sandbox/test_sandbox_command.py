"""The sandbox as a newcomer starts it: everything from nothing, the main job, and nothing left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from novatrek_scheduling.management.commands.sandbox import ROOT
from novatrek_scheduling.sandbox.embedded import free_port
from novatrek_scheduling.sandbox.processes import kill_group

STARTS = """
import sys
from pathlib import Path
from novatrek_scheduling.sandbox.launch import Options, run_sandbox
root, home, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
sys.exit(run_sandbox(Options(root, home, port, once="--once" in sys.argv, no_job="--no-job" in sys.argv)))
"""
STOPS_WITHIN_SECONDS = 60

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def home() -> Iterator[Path]:
    """Where also the unprivileged account that PostgreSQL runs as may enter."""
    parent = Path(tempfile.mkdtemp(prefix="novatrek-sandbox-"))
    parent.chmod(0o755)
    yield parent / "home"
    shutil.rmtree(parent)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def running(home: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    process = _start(home, port, "--no-job")
    yield process
    kill_group(process)


def test_the_main_job_is_done_and_nothing_is_left_behind(home: Path, port: int) -> None:
    process = _start(home, port, "--once")
    output, _ = process.communicate(timeout=120)

    assert process.returncode == 0, output
    assert f"ready: http://127.0.0.1:{port}" in output
    assert output.index("PENDING") < output.index("COMPLETED") < output.index('"event_type": "schedule.published"')
    assert "novatrek.booking.reservation.created: " in output
    assert _processes_of(home) == []


def test_it_stays_up_until_it_is_told_to_stop(running: "subprocess.Popen[str]", home: Path) -> None:
    assert running.stdout
    shown = next(line for line in running.stdout if line.startswith(("token:", "cannot")))
    assert shown.startswith("token:")

    running.send_signal(signal.SIGINT)

    assert running.wait(STOPS_WITHIN_SECONDS) == 0
    assert _processes_of(home) == []


def test_a_port_in_use_is_one_clear_line(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        output, _ = _start(home, port, "--once").communicate(timeout=60)

    assert output.count("\n") == 1
    assert f"port {port} cannot be used" in output


def _start(home: Path, port: int, *options: str) -> "subprocess.Popen[str]":
    """With an environment that gives no server, unlike the one of the tests."""
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-c", STARTS, str(ROOT), str(home), str(port), *options]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _processes_of(home: Path) -> list[str]:
    """Every process that has this directory in its command, its environment or as its working directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            facts = [(process / name).read_text(errors="replace") for name in ("cmdline", "environ")]
            facts.append(str((process / "cwd").readlink()))
        except OSError:
            continue
        if any(str(home) in fact for fact in facts):
            found.append(facts[0].replace("\0", " "))
    return found
