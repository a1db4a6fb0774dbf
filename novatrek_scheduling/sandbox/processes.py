"""Child processes that cannot outlive who started them."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, TypeAlias

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)

ByteProcess: TypeAlias = "subprocess.Popen[bytes]"


def spawn(command: Sequence[str], *, env: Mapping[str, str], output: int | IO[bytes]) -> ByteProcess:
    """Start `command` in a process group of its own, with stdout and stderr on `output`.

    The kernel kills it when the thread that called this ends, however that happens; so call it from one
    that lives as long as the child shall.
    """
    return subprocess.Popen(
        command,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # Nothing but a system call happens there, so locks that other threads hold do not matter.
        preexec_fn=_die_with_parent,  # noqa: PLW1509
    )


def stop(process: ByteProcess, *, patience_seconds: float) -> None:
    """Ask a process to end, then end what is left of its group."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
    kill_group(process)


def kill_group(process: ByteProcess) -> None:
    """End a process and everything that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _die_with_parent(*_: Any) -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
