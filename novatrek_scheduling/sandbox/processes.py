"""Child processes that cannot outlive who started them."""

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
    """Start `command` in a process group of its own, with stdout and stderr on `output` (None: on ours).

    The kernel kills it when the thread that called this ends, however that happens; so call it from one
    that lives as long as the child shall.
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


def stop(process: ByteProcess, *, how: signal.Signals = signal.SIGTERM, patience_seconds: float = 10.0) -> None:
    """Ask a process to end, then end what is left of its group."""
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
    kill_group(process)


def kill_group(process: ByteProcess) -> None:
    """End a process and everything that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its command, so that the kernel signals it when we are gone."""

    def ask_the_kernel() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, how)

    return ask_the_kernel
