"""Runs of HiGHS that end in time.

HiGHS looks at its limit between the steps of its search only, and separating cuts on a large day of equals can take
minutes. So a large model is solved by a child process, which is killed if it does not end by itself. It is a fork: the
model is in memory already, and Celery's daemonic workers, which may have no children by `multiprocessing`, can do it.
The child runs HiGHS and nothing else: no lock, connection or buffer of the parent is touched in it.
"""

import gc
import os
import resource
import select
import signal
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import highspy
import numpy as np
import numpy.typing as npt
import pulp

# Below this a run takes less time than its limit is good for, and a fork would be a tenth of it.
LEAST_ENTRIES: Final = 15_000
_GRACE_SECONDS: Final = 0.03
_HEADER: Final = struct.Struct("<ciddqq")
_INCUMBENT, _END, _ERROR = b"I", b"E", b"X"
_FEASIBLE: Final = 2
_READ_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: the status of the model, its dual bound and gap, and the values of a solution if it has one."""

    status: highspy.HighsModelStatus
    bound: float
    gap: float
    values: npt.NDArray[np.float64] | None


def run_here(highs: highspy.Highs, *, is_integer: bool) -> Outcome:
    """Run HiGHS in this process. Raises whatever HiGHS does."""
    highs.run()
    info = highs.getInfo()
    has_solution = info.primal_solution_status == _FEASIBLE
    return Outcome(
        status=highs.getModelStatus(),
        bound=float(info.mip_dual_bound if is_integer else info.objective_function_value),
        gap=float(info.mip_gap) if is_integer else 0.0,
        values=np.array(highs.getSolution().col_value, dtype=np.float64) if has_solution else None,
    )


def run_apart(highs: highspy.Highs, *, seconds: float) -> Outcome:
    """Run an integer model in a child process for at most `seconds` and a moment; the incumbent survives its end.

    Raises PulpSolverError if HiGHS fails or the child dies by itself.
    """
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        _run_as_child(highs, write_end, seconds)
    os.close(write_end)
    try:
        received, has_ended = _receive(read_end, time.monotonic() + seconds + _GRACE_SECONDS)
    finally:
        os.close(read_end)
        with suppress(ProcessLookupError, ChildProcessError):  # where the parent ignores its children's end
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    outcome = Outcome(highspy.HighsModelStatus.kTimeLimit, float("-inf"), float("inf"), None)
    for kind, message in _messages(received):
        if kind == _ERROR:
            raise pulp.PulpSolverError(str(message))
        outcome = message
        has_ended = has_ended and kind != _END
    if has_ended:
        raise pulp.PulpSolverError("The process of HiGHS died.")
    return outcome


def _run_as_child(highs: highspy.Highs, write_end: int, seconds: float) -> NoReturn:
    """Run, report and leave without any cleaning up, which is the parent's; an orphan ends by its limit of CPU time."""
    try:
        gc.disable()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _close_files_but(write_end)
        limit = int(time.process_time() + seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        highs.HandleUserInterrupt = False
        highs.cbMipImprovingSolution += lambda event: _report_incumbent(write_end, event.data_out)
        outcome = run_here(highs, is_integer=True)
        _write(write_end, _END, outcome)
    except BaseException as error:
        message = f"{type(error).__name__}: {error}".encode()
        os.write(write_end, _HEADER.pack(_ERROR, 0, 0.0, 0.0, len(message), 0) + message)
    finally:
        os._exit(0)


def _close_files_but(write_end: int) -> None:
    """Close the child's copies of files and sockets: those of a parent that dies are free at once."""
    os.closerange(3, write_end)
    os.closerange(write_end + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _report_incumbent(write_end: int, data: Any) -> None:
    values = np.array(data.mip_solution, dtype=np.float64)
    bound, gap = float(data.mip_dual_bound), float(data.mip_gap)
    _write(write_end, _INCUMBENT, Outcome(highspy.HighsModelStatus.kTimeLimit, bound, gap, values))


def _write(write_end: int, kind: bytes, outcome: Outcome) -> None:
    values = b"" if outcome.values is None else outcome.values.tobytes()
    has_values = int(outcome.values is not None)
    header = _HEADER.pack(kind, int(outcome.status), outcome.bound, outcome.gap, len(values), has_values)
    with os.fdopen(os.dup(write_end), "wb") as pipe:
        pipe.write(header + values)


def _receive(read_end: int, deadline: float) -> tuple[bytearray, bool]:
    """Return what the child has written by the deadline, and whether it has ended by then."""
    received = bytearray()
    poll = select.poll()
    poll.register(read_end, select.POLLIN | select.POLLHUP)
    while (left := deadline - time.monotonic()) > 0:
        if not poll.poll(1000 * left):
            break
        part = os.read(read_end, _READ_BYTES)
        if not part:
            return received, True
        received += part
    return received, False


def _messages(received: bytearray) -> Iterator[tuple[bytes, Any]]:
    """Yield the complete messages: outcomes, or the text of an error."""
    position = 0
    while position + _HEADER.size <= len(received):
        kind, status, bound, gap, length, has_values = _HEADER.unpack_from(received, position)
        position += _HEADER.size
        body = bytes(received[position : position + length])
        position += length
        if position > len(received):
            return
        values = np.frombuffer(body, dtype=np.float64) if has_values else None
        yield kind, body.decode() if kind == _ERROR else Outcome(highspy.HighsModelStatus(status), bound, gap, values)
