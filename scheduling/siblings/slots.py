"""How many calls of one sibling a process has under way, whoever waits for them."""

import os
import time
from collections import defaultdict, deque
from functools import cache, partial
from threading import Lock
from typing import Any

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.errors import SiblingUnavailable
from scheduling.siblings.tasks import Task, Tasks, suspended

CALLS_AT_ONCE = 32
ASK_AGAIN_SECONDS = 0.01
"""How long it may be until a slot that another thread gave back is noticed by one that has none itself."""


class _Free:
    """The free slots of a process. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._free = dict.fromkeys(Sibling, CALLS_AT_ONCE)

    def take(self, sibling: Sibling) -> bool:
        with self._lock:
            is_free = self._free[sibling] > 0
            self._free[sibling] -= is_free
        return is_free

    def give_back(self, sibling: Sibling) -> None:
        with self._lock:
            self._free[sibling] += 1


@cache
def _free_in_process(_pid: int) -> _Free:
    return _Free()


class Slots:
    """The slots that the tasks of one thread hold and wait for, first come, first served."""

    def __init__(self, tasks: Tasks, deadline: Deadline) -> None:
        self._tasks = tasks
        self._deadline = deadline
        self._free = _free_in_process(os.getpid())
        self._held: dict[Sibling, int] = defaultdict(int)
        self._waiting: dict[Sibling, deque[Task[Any]]] = defaultdict(deque)
        self._asking: set[Sibling] = set()

    async def take(self, sibling: Sibling) -> None:
        """Wait for a slot, which must be given back. Raises SiblingUnavailable where none is free by the deadline."""
        if not self._waiting[sibling] and self._free.take(sibling):
            self._held[sibling] += 1
            return
        await suspended(lambda _, task: self._wait(sibling, task))

    def give_back(self, sibling: Sibling) -> None:
        """Hand a slot on to the next who waits for it here, or else to any thread."""
        if waiting := self._waiting[sibling]:
            self._tasks.resume(waiting.popleft())
        else:
            self._held[sibling] -= 1
            self._free.give_back(sibling)

    def close(self) -> None:
        """Give back what is held for work that was ended."""
        for sibling, held in self._held.items():
            for _ in range(held):
                self._free.give_back(sibling)
        self._held.clear()
        self._waiting.clear()

    def _wait(self, sibling: Sibling, task: Task[Any]) -> None:
        self._waiting[sibling].append(task)
        if sibling not in self._asking:
            self._ask(sibling)

    def _ask(self, sibling: Sibling) -> None:
        """Take the slots that are free for those who wait, and ask again later for the others."""
        waiting = self._waiting[sibling]
        self._asking.discard(sibling)
        while waiting and self._free.take(sibling):
            self._held[sibling] += 1
            self._tasks.resume(waiting.popleft())
        if not waiting:
            return
        if self._deadline.has_passed:
            late = SiblingUnavailable(sibling, "in time", "the deadline has passed")
            while waiting:
                self._tasks.resume(waiting.popleft(), error=late)
        else:
            self._asking.add(sibling)
            self._tasks.at(time.monotonic() + ASK_AGAIN_SECONDS, partial(self._ask, sibling))
