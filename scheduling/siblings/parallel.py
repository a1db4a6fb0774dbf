"""Parallel lookups: calls, and branches that make several dependent calls."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.errors import SiblingUnavailable

T = TypeVar("T")
Item = TypeVar("Item")
P = ParamSpec("P")

CALLS_AT_ONCE = 16
BRANCHES_AT_ONCE = 128
LATENESS_SECONDS = 0.05
"""How long after the deadline a result is waited for, so that a call can report its own timeout."""


class Lookups:
    """Threads for one set of lookups, used in a `with` block; unfinished work is abandoned at its end.

    Branches wait for calls, and only the thread that opened the block waits for branches: no deadlock is possible.
    Each sibling has threads of its own, so that a slow one does not delay the others.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self._branches = ThreadPoolExecutor(BRANCHES_AT_ONCE, thread_name_prefix="lookup")
        self._calls = {sibling: ThreadPoolExecutor(CALLS_AT_ONCE, sibling) for sibling in Sibling}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in (self._branches, *self._calls.values()):
            pool.shutdown(wait=False, cancel_futures=True)

    def branch(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start `work`, which makes calls and waits for them, and return its future."""
        return self._branches.submit(copy_context().run, lambda: work(*args, **kwargs))

    def call(self, sibling: Sibling, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start one call of a sibling and return its future."""
        return self._calls[sibling].submit(copy_context().run, lambda: call(*args, **kwargs))

    def map_calls(self, sibling: Sibling, call: Callable[[Item], T], items: Iterable[Item]) -> list[T]:
        """Return the results of one call for each item, in their order. Raises the first failure."""
        futures = [self.call(sibling, call, item) for item in items]
        return [self.result(sibling, future) for future in futures]

    def result(self, sibling: Sibling, future: Future[T]) -> T:
        """Return the result of a call. Raises SiblingUnavailable where it is not there by the deadline."""
        return self._wait(sibling, future, LATENESS_SECONDS)

    def branch_result(self, sibling: Sibling, branch: Future[T]) -> T:
        """Return the result of a branch, which may come later than that of its last call. Raises as `result` does."""
        return self._wait(sibling, branch, 2 * LATENESS_SECONDS)

    def _wait(self, sibling: Sibling, future: Future[T], lateness: float) -> T:
        try:
            return future.result(max(0.0, self.deadline.at + lateness - time.monotonic()))
        except TimeoutError as error:
            raise SiblingUnavailable(sibling, "in time", "the deadline has passed") from error
