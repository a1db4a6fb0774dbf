"""Lookups side by side: branches that need several answers one after another, and their calls."""

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


class Lookups:
    """Threads for one set of lookups, used in a `with` block; what is late at its end is left behind.

    A branch may wait for calls, nothing waits for a branch but the thread that opened the block: so none
    waits for ever. Each sibling has its own threads, that a slow one doesn't hold up the others.
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
        """Start work that makes calls and waits for them."""
        return self._branches.submit(copy_context().run, lambda: work(*args, **kwargs))

    def call(self, sibling: Sibling, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start one call of a sibling."""
        return self._calls[sibling].submit(copy_context().run, lambda: call(*args, **kwargs))

    def each(self, sibling: Sibling, call: Callable[[Item], T], items: Iterable[Item]) -> list[T]:
        """The answers to one call for each item, in their order. Raises the first failure."""
        futures = [self.call(sibling, call, item) for item in items]
        return [self.result(sibling, future) for future in futures]

    def result(self, sibling: Sibling, future: Future[T]) -> T:
        """Return the result of a call. Raises SiblingUnavailable where it is not there by the deadline."""
        return self._wait(sibling, future, LATENESS_SECONDS)

    def joined(self, sibling: Sibling, branch: Future[T]) -> T:
        """Return the result of a branch, which may come moments later than its last call. Raises as `result` does."""
        return self._wait(sibling, branch, 2 * LATENESS_SECONDS)

    def _wait(self, sibling: Sibling, future: Future[T], lateness: float) -> T:
        try:
            return future.result(max(0.0, self.deadline.at + lateness - time.monotonic()))
        except TimeoutError as error:
            raise SiblingUnavailable(sibling, "in time", "the time for it is over") from error
