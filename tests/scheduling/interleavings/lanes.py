"""Lanes: threads with a database connection each, kept from example to example."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from django.db import DatabaseError, connection

from novatrek_scheduling.errors import DomainError
from tests.scheduling.interleavings.scene import Attempt

DONE = "done"
PATIENCE_SECONDS = 60


class Lanes:
    """Attempts made at once each have a lane to themselves; one that comes alone takes the next in turn."""

    def __init__(self, count: int) -> None:
        self._pools = [ThreadPoolExecutor(1) for _ in range(count)]
        self._next = 0

    def make(self, attempts: Sequence[Attempt]) -> list[str]:
        """Make the attempts at the same moment; DONE or the code of its refusal for each."""
        together = Barrier(len(attempts))
        pending: list[Future[str]] = []
        for attempt in attempts:
            self._next = (self._next + 1) % len(self._pools)
            pending.append(self._pools[self._next].submit(_make, attempt, together))
        return [future.result(PATIENCE_SECONDS) for future in pending]

    def close(self) -> None:
        for pool in self._pools:
            pool.submit(_hang_up).result(PATIENCE_SECONDS)
            pool.shutdown()


@contextmanager
def open_lanes(count: int) -> Iterator[Lanes]:
    lanes = Lanes(count)
    try:
        yield lanes
    finally:
        lanes.close()


def _make(attempt: Attempt, together: Barrier) -> str:
    together.wait(PATIENCE_SECONDS)
    try:
        attempt.run()
    except DomainError as error:
        return error.code
    except DatabaseError as error:
        return _refusing_constraint(error)
    return DONE


def _hang_up() -> None:
    connection.close()


def _refusing_constraint(error: DatabaseError) -> str:
    """What in PostgreSQL said no. Raises the error again where no rule of ours did."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if not name:
        raise error
    return str(name)
