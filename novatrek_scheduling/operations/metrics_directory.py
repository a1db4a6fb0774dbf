"""Where the processes of one service keep their counters, so that any of them can add them all up.

prometheus_client decides when it is imported whether counters are shared between processes, and it goes on
counting those of processes long gone. So the directory is chosen before, is new for each start of a service,
and what earlier starts left behind is removed.
"""

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "novatrek-metrics-"


def prepare(*, with_siblings: bool) -> Path:
    """The directory of this process, created; `with_siblings`: one for all children of its parent.

    A directory that the environment names is used as it is; whoever named it empties it at start.
    """
    given = os.environ.get(VARIABLE)
    directory = Path(given) if given else _directory_of(os.getppid() if with_siblings else os.getpid())
    directory.mkdir(parents=True, exist_ok=True)
    if not given:
        _remove_abandoned()
        os.environ[VARIABLE] = str(directory)
    return directory


def _directory_of(pid: int) -> Path:
    return Path(tempfile.gettempdir()) / f"{PREFIX}{pid}-{_started_at(pid)}"


def _remove_abandoned() -> None:
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid, _, started_at = directory.name.removeprefix(PREFIX).partition("-")
        if not pid.isdecimal() or _started_at(int(pid)) != started_at:
            shutil.rmtree(directory, ignore_errors=True)


def _started_at(pid: int) -> str:
    """When the process started, in ticks since boot: with the pid it names a process for good."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "gone"
    # The name of the program, in parentheses, may hold anything; what follows it is separated by spaces.
    return status.rpartition(")")[2].split()[19]
