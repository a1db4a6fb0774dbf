"""A circuit breaker for each sibling: one that keeps failing is left alone for a short time.

pybreaker keeps the state; it is told of outcomes only, because its own `call` holds a lock while the
guarded call runs, which would put the parallel lookups of a snapshot in a row.
"""

import os
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import structlog
from pybreaker import (
    STATE_CLOSED,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitBreakerListener,
    CircuitMemoryStorage,
)

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.metrics import CIRCUIT_OPEN

FAILURES_THAT_OPEN = 5
REST_SECONDS = 5.0

log = structlog.get_logger(__name__)


class _Listener(CircuitBreakerListener):
    def __init__(self, sibling: Sibling) -> None:
        self._sibling = sibling

    def state_change(self, cb: CircuitBreaker, old_state: Any, new_state: Any) -> None:
        CIRCUIT_OPEN.labels(self._sibling).set(new_state.name == STATE_OPEN)
        log.warning("sibling_circuit_changed", sibling=self._sibling, state=new_state.name)


class _Failed(Exception):
    pass


class Circuit:
    """The circuit breaker of one sibling. Safe to use from many threads."""

    def __init__(self, sibling: Sibling) -> None:
        self._storage = CircuitMemoryStorage(STATE_CLOSED)
        self.breaker = CircuitBreaker(
            fail_max=FAILURES_THAT_OPEN,
            reset_timeout=REST_SECONDS,
            state_storage=self._storage,
            listeners=[_Listener(sibling)],
        )
        self._changed = threading.Condition()
        self._on_trial = False

    def lets_through(self, deadline: Deadline) -> bool:
        """Return whether a call may be made; each one that may must be followed by `note`.

        After its rest an open circuit lets one call try. Others that come meanwhile wait for how that ends.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._on_trial, timeout=deadline.remaining())
            if self._storage.state == STATE_CLOSED:
                return True
            if self._on_trial or not self._has_rested():
                return False
            self._on_trial = True
            return True

    def note(self, *, worked: bool | None) -> None:
        """Take the outcome of a call into account; None: it says nothing about the sibling."""
        with self._changed:
            if worked is not None:
                with suppress(CircuitBreakerError, _Failed):
                    self.breaker.call(_succeed if worked else _fail)
            self._on_trial = False
            self._changed.notify_all()

    def _has_rested(self) -> bool:
        rest = timedelta(seconds=self.breaker.reset_timeout)
        return self._storage.opened_at is None or datetime.now(UTC) >= self._storage.opened_at + rest


def _succeed() -> None:
    pass


def _fail() -> None:
    raise _Failed


@cache
def _circuits_of_process(_pid: int) -> dict[Sibling, Circuit]:
    return {sibling: Circuit(sibling) for sibling in Sibling}


def circuit_of(sibling: Sibling) -> Circuit:
    """The circuit of `sibling` in this process; a forked process begins with closed ones of its own."""
    return _circuits_of_process(os.getpid())[sibling]
