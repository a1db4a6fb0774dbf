"""Parallel lookups: calls, and branches that make several dependent calls, side by side in one thread."""

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Generator, Iterable
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.errors import SiblingNotFound, SiblingUnavailable
from scheduling.siblings.slots import CALLS_AT_ONCE, Slots
from scheduling.siblings.tasks import Task, Tasks, Work

T = TypeVar("T")
Item = TypeVar("Item")
P = ParamSpec("P")

LATENESS_SECONDS = 0.1
"""How long after the deadline a result is waited for, so that a call can report its own timeout, and a branch go on."""


class Each(Generic[Item, T]):
    """The same work for each of some items, done by a few workers that take one item after the other.

    Within a branch it is awaited before results are asked for.
    """

    def __init__(
        self,
        lookups: "Lookups",
        sibling: Sibling,
        work: Callable[[Item], Awaitable[T]],
        items: Collection[Item],
    ) -> None:
        self._lookups = lookups
        self._sibling = sibling
        self._work = work
        self._items = deque(items)
        self._results: dict[Item, T] = {}
        self._failures: dict[Item, Exception] = {}
        self._workers = [lookups.branch(self._take_items) for _ in range(min(len(items), CALLS_AT_ONCE))]

    def __await__(self) -> Generator[Any, Any, Self]:
        for worker in self._workers:
            yield from worker.__await__()
        self._workers.clear()
        return self

    def of(self, item: Item) -> T:
        """Return the result for an item, when all work is done or the deadline has passed.

        Raises the failure of its work, and SiblingUnavailable where there is no result by the deadline.
        """
        self._await_workers()
        if item in self._results:
            return self._results[item]
        raise self._failures.get(item) or _too_late(self._sibling)

    def _await_workers(self) -> None:
        if self._workers:
            self._lookups.await_all(self._workers)
            done = [worker for worker in self._workers if worker.is_done]
            self._workers.clear()
            for worker in done:
                worker.result()

    async def _take_items(self) -> None:
        while self._items:
            item = self._items.popleft()
            try:
                self._results[item] = await self._work(item)
            except (SiblingUnavailable, SiblingNotFound) as failure:
                self._failures[item] = failure


def _too_late(sibling: Sibling) -> SiblingUnavailable:
    return SiblingUnavailable(sibling, "in time", "the deadline has passed")


class Lookups:
    """One set of lookups, used in a `with` block; unfinished work is abandoned at its end.

    They go on while the thread that opened the block waits for one of them.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self._tasks = Tasks()
        self._slots = Slots(self._tasks, deadline)
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        try:
            self._tasks.close()
        finally:
            self._slots.close()

    def branch(self, work: Callable[P, Work[T]], *args: P.args, **kwargs: P.kwargs) -> Task[T]:
        """Start work that makes calls, and return its task."""
        if self._is_over:
            raise CancelledError
        return self._tasks.start(work(*args, **kwargs))

    def call(self, sibling: Sibling, call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> Task[T]:
        """Start one call of a sibling and return its task."""
        return self.branch(self._within_limit, sibling, lambda: call(*args, **kwargs))

    async def map_calls(self, sibling: Sibling, call: Callable[[Item], Awaitable[T]], items: Iterable[Item]) -> list[T]:
        """Return the results of one call for each item, in their order. Raises the first failure."""
        tasks = [self.call(sibling, call, item) for item in items]
        return [await task for task in tasks]

    def each(self, sibling: Sibling, call: Callable[[Item], Awaitable[T]], items: Collection[Item]) -> Each[Item, T]:
        """Start one call of a sibling for each of the items, in their order; they are different from one another."""
        return Each(self, sibling, lambda item: self._within_limit(sibling, lambda: call(item)), items)

    def each_branch(
        self, sibling: Sibling, work: Callable[[Item], Awaitable[T]], items: Collection[Item]
    ) -> Each[Item, T]:
        """Start work that makes several calls of a sibling for each of the items, which differ from one another."""
        return Each(self, sibling, work, items)

    def result(self, sibling: Sibling, task: Task[T]) -> T:
        """Return the result of a call or a branch. Raises SiblingUnavailable where it is not there by the deadline.

        Within a branch a task is awaited instead.
        """
        if not self.await_all([task]):
            raise _too_late(sibling)
        return task.result()

    def await_all(self, tasks: Collection[Task[Any]]) -> bool:
        """Run all that was started until these tasks are done, or the deadline has passed. Return whether they are."""
        return self._tasks.run_until(lambda: all(task.is_done for task in tasks), self.deadline.at + LATENESS_SECONDS)

    async def _within_limit(self, sibling: Sibling, call: Callable[[], Awaitable[T]]) -> T:
        await self._slots.take(sibling)
        try:
            return await call()
        finally:
            self._slots.give_back(sibling)
