"""A circuit breaker for each sibling: after repeated failures no calls are made for a short time.

pybreaker keeps the state. It gets outcomes only: its own `call` holds a lock while the guarded call runs, which would
serialise the parallel lookups of a snapshot.
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
from scheduling.siblings.tasks import pause

MAX_FAILURES = 5
"""Consecutive failures that open a circuit."""
RESET_SECONDS = 5.0
"""How long an open circuit refuses calls before it allows a trial."""
TRIAL_PAUSE_SECONDS = 0.01
"""How long a call waits before it looks again whether a trial is over."""

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
            fail_max=MAX_FAILURES,
            reset_timeout=RESET_SECONDS,
            state_storage=self._storage,
            listeners=[_Listener(sibling)],
        )
        self._lock = threading.Lock()
        self._on_trial = False

    @property
    def is_open(self) -> bool:
        """Whether this process makes no calls but trials, because the last ones failed."""
        return bool(self._storage.state != STATE_CLOSED)

    async def allows_call(self, deadline: Deadline) -> bool:
        """Return whether a call may be made; an allowed call must be followed by `record`.

        After `RESET_SECONDS` an open circuit allows one trial call. Concurrent calls wait for its outcome, until
        `deadline` at most.
        """
        while self._on_trial and not deadline.has_passed:
            await pause(min(TRIAL_PAUSE_SECONDS, deadline.remaining()))
        with self._lock:
            if self._storage.state == STATE_CLOSED:
                return True
            if self._on_trial or not self._is_due_for_trial():
                return False
            self._on_trial = True
            return True

    def record(self, *, succeeded: bool | None) -> None:
        """Record the outcome of a call; None: it says nothing about the sibling."""
        with self._lock:
            if succeeded is not None and not (succeeded and self._is_sound):
                with suppress(CircuitBreakerError, _Failed):
                    self.breaker.call(_succeed if succeeded else _fail)
            self._on_trial = False

    @property
    def _is_sound(self) -> bool:
        """Whether one more success would change nothing."""
        return bool(self._storage.state == STATE_CLOSED and self._storage.counter == 0)

    def _is_due_for_trial(self) -> bool:
        reset = timedelta(seconds=self.breaker.reset_timeout)
        return self._storage.opened_at is None or datetime.now(UTC) >= self._storage.opened_at + reset


def _succeed() -> None:
    pass


def _fail() -> None:
    raise _Failed


@cache
def _circuits_of_process(_pid: int) -> dict[Sibling, Circuit]:
    return {sibling: Circuit(sibling) for sibling in Sibling}


def circuit_of(sibling: Sibling) -> Circuit:
    """Return the circuit of `sibling` in this process; a forked process starts with closed circuits of its own."""
    return _circuits_of_process(os.getpid())[sibling]
