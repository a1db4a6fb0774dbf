"""The directory in which the processes of one service keep their counters, such that each can sum them.

prometheus_client decides at import whether counters are shared between processes, and keeps counting those of
processes that have ended. Therefore the directory is chosen before, is new for each start of a service, and those
of ended services are removed.
"""

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "novatrek-metrics-"


def prepare(*, with_siblings: bool) -> Path:
    """Create and return the directory of this process, or `with_siblings` that of all children of its parent.

    A directory named by the environment is used unchanged and has to be emptied by its owner at the start.
    """
    configured = os.environ.get(VARIABLE)
    directory = Path(configured) if configured else _directory_of(os.getppid() if with_siblings else os.getpid())
    directory.mkdir(parents=True, exist_ok=True)
    if not configured:
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
    """Return the start time of a process in ticks since boot, which together with the pid identifies it uniquely."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "gone"
    # The program name, in parentheses, may contain any character; the fields after it are separated by spaces.
    return status.rpartition(")")[2].split()[19]
