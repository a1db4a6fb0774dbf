"""Parallel lookups: calls, and branches that make several dependent calls, on the threads of the process."""

import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import cache
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.errors import SiblingUnavailable

T = TypeVar("T")
Item = TypeVar("Item")
P = ParamSpec("P")

CALLS_AT_ONCE = 32
"""Calls of one sibling that a process has under way, whoever waits for them."""
BRANCHES_AT_ONCE = 256
LATENESS_SECONDS = 0.05
"""How long after the deadline a result is waited for, so that a call can report its own timeout."""


class _Threads:
    """The threads of a process, started when they are first needed and kept: starting one costs more than a call.

    Each sibling has threads of its own, so that a slow one does not delay the others.
    """

    def __init__(self) -> None:
        self.branches = ThreadPoolExecutor(BRANCHES_AT_ONCE, thread_name_prefix="lookup")
        self.calls = {sibling: ThreadPoolExecutor(CALLS_AT_ONCE, sibling) for sibling in Sibling}

    def end(self) -> None:
        for pool in (self.branches, *self.calls.values()):
            pool.shutdown(wait=True, cancel_futures=True)


@cache
def _threads_of_process(_pid: int) -> _Threads:
    """Return the threads of the process; a forked one, which inherits none, starts its own."""
    return _Threads()


def end_lookups() -> None:
    """End the threads of this process, and wait for calls that were abandoned; the next lookup starts new ones.

    To be called while nothing is looked up: before a fork, which needs a process without other threads.
    """
    _threads_of_process(os.getpid()).end()
    _threads_of_process.cache_clear()


class Each(Generic[Item, T]):
    """One call for each of some items, made by a few workers that take one item after the other.

    A future for each call would cost two switches of threads: to the one that calls, and to the one that waits.
    """

    def __init__(self, sibling: Sibling, call: Callable[[Item], T], items: Iterable[Item], deadline: Deadline) -> None:
        self._sibling = sibling
        self._call = call
        self._items = deque(items)
        self._deadline = deadline
        self._results: dict[Item, T] = {}
        self._failures: dict[Item, Exception] = {}
        self.workers: list[Future[None]] = []

    def work(self, is_over: Callable[[], bool]) -> None:
        """Make calls until there are no more items, or nobody waits for them."""
        while not is_over():
            try:
                item = self._items.popleft()
            except IndexError:
                return
            try:
                self._results[item] = self._call(item)
            except Exception as error:
                self._failures[item] = error

    def of(self, item: Item) -> T:
        """Return the result of the call for an item, when all are made or the deadline has passed.

        Raises the failure of the call, and SiblingUnavailable where there is no result by the deadline.
        """
        self._await()
        if item in self._results:
            return self._results[item]
        raise self._failures.get(item) or _too_late(self._sibling)

    def results(self) -> dict[Item, T]:
        """Return the results that there are when all calls are made or the deadline has passed."""
        self._await()
        return dict(self._results)

    def _await(self) -> None:
        if self.workers:
            wait(self.workers, max(0.0, self._deadline.at + LATENESS_SECONDS - time.monotonic()))
            self.workers.clear()


def _too_late(sibling: Sibling) -> SiblingUnavailable:
    return SiblingUnavailable(sibling, "in time", "the deadline has passed")


class Lookups:
    """One set of lookups, used in a `with` block; unfinished work is abandoned at its end.

    Branches wait for calls, and only the thread that opened the block waits for branches: no deadlock is possible.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self._threads = _threads_of_process(os.getpid())
        self._started: list[Future[Any]] = []
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        for future in self._started:
            future.cancel()

    def branch(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start `work`, which makes calls and waits for them, and return its future."""
        return self._start(self._threads.branches, lambda: work(*args, **kwargs))

    def call(self, sibling: Sibling, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start one call of a sibling and return its future."""
        return self._start(self._threads.calls[sibling], lambda: call(*args, **kwargs))

    def _start(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
        if self._is_over:
            raise CancelledError  # in a branch that was abandoned
        future = pool.submit(copy_context().run, work)
        self._started.append(future)
        return future

    def map_calls(self, sibling: Sibling, call: Callable[[Item], T], items: Iterable[Item]) -> list[T]:
        """Return the results of one call for each item, in their order. Raises the first failure."""
        futures = [self.call(sibling, call, item) for item in items]
        return [self.result(sibling, future) for future in futures]

    def each(self, sibling: Sibling, call: Callable[[Item], T], items: Collection[Item]) -> Each[Item, T]:
        """Start one call of a sibling for each of the items, in their order; they are different from one another."""
        calls = Each(sibling, call, items, self.deadline)
        workers = range(min(len(items), CALLS_AT_ONCE))
        calls.workers += [self.call(sibling, calls.work, lambda: self._is_over) for _ in workers]
        return calls

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
            raise _too_late(sibling) from error
