"""Child processes that cannot outlive their parent."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, TypeAlias

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)

ByteProcess: TypeAlias = "subprocess.Popen[bytes]"


def spawn(command: Sequence[str], *, env: Mapping[str, str], output: int | IO[bytes] | None) -> ByteProcess:
    """Start `command` in a process group of its own, with stdout and stderr on `output` (None: inherited).

    The kernel terminates it when the calling thread ends for any reason; the caller must therefore live as
    long as the child is needed.
    """
    return subprocess.Popen(
        command,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 (a system call, nothing else)
    )


def stop(process: ByteProcess, *, signum: signal.Signals = signal.SIGTERM, grace_seconds: float = 10.0) -> None:
    """Send `signum` to a process, wait up to `grace_seconds`, then kill what remains of its group."""
    if process.poll() is None:
        process.send_signal(signum)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace_seconds)
    kill_group(process)


def kill_group(process: ByteProcess) -> None:
    """Kill a process and all processes that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def die_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` by which the kernel sends `signum` to the child when its parent ends (prctl(2))."""

    def set_death_signal() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signum)

    return set_death_signal
