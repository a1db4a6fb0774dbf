"""Work that waits for siblings side by side, in the thread that needs its results.

Such work is written as coroutines. What these wait for is a response, a pause or one another, and the thread that wants
a result has all of them run in turns until it is there: neither threads nor asyncio, which Django does not let block.
"""

import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf
from types import coroutine
from typing import Any, Generic, TypeVar, cast

from scheduling.siblings.connections import (
    Connections,
    Request,
    Response,
    borrow_connections,
    give_back_connections,
)

T = TypeVar("T")

Work = Coroutine[Any, Any, T]
Wait = Callable[["Tasks", "Task[Any]"], None]
"""Has a task resumed once that is there for which it waits."""


class Task(Generic[T]):
    """Work under way. It can be awaited by other work of the same `Tasks`."""

    __slots__ = ("_error", "_result", "is_done", "waiting", "work")

    def __init__(self, work: Work[T]) -> None:
        self.work = work
        self.waiting: list[Task[Any]] = []
        self.is_done = False
        self._result: T | None = None
        self._error: Exception | None = None

    def result(self) -> T:
        """Return the result of work that is done, or raise its error."""
        if self._error:
            raise self._error
        return cast(T, self._result)

    def end(self, result: T | None, error: Exception | None) -> None:
        """Record what came of the work."""
        self._result, self._error, self.is_done = result, error, True

    def __await__(self) -> Generator[Wait, Any, T]:
        if not self.is_done:
            yield self._wait
        return self.result()

    def _wait(self, _: "Tasks", task: "Task[Any]") -> None:
        self.waiting.append(task)


@coroutine
def suspended(wait: Wait) -> Generator[Wait, Any, Any]:
    """Wait as `wait` says, and return what the task is resumed with."""
    return (yield wait)


async def pause(seconds: float) -> None:
    """Wait for some time."""
    await suspended(lambda tasks, task: tasks.at(time.monotonic() + seconds, partial(tasks.resume, task)))


async def exchange(request: Request, seconds: float) -> Response:
    """Make a request and return the response.

    Raises TimeoutError where it is not complete within `seconds`, and NoUsableResponse.
    """
    response: Response = await suspended(lambda tasks, task: tasks.request(task, request, seconds))
    return response


class Tasks:
    """The tasks of one thread. Closed by whoever needs no more results."""

    def __init__(self) -> None:
        self._ready: deque[tuple[Task[Any], Any, Exception | None]] = deque()
        self._open: set[Task[Any]] = set()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._connections: Connections[tuple[int, Task[Any]]] | None = None
        self._requests = 0
        self._are_running = False

    def start(self, work: Work[T]) -> Task[T]:
        """Have `work` run from the next turn on."""
        task = Task(work)
        self._open.add(task)
        self._ready.append((task, None, None))
        return task

    def run_until(self, is_over: Callable[[], bool], at: float = inf) -> bool:
        """Run the tasks until it is over, or the monotonic clock is `at`. Return whether it is over.

        Raises RuntimeError in a task, which has to await what it wants: until it went on, no other would be resumed.
        """
        if self._are_running:
            raise RuntimeError("a task awaits another one, and does not run it")
        self._are_running = True
        try:
            return self._run_until(is_over, at)
        finally:
            self._are_running = False

    def _run_until(self, is_over: Callable[[], bool], at: float) -> bool:
        while True:
            self._run_ready()
            if is_over():
                return True
            now = time.monotonic()
            if now >= at:
                return False
            self._await(max(0.0, min(at, self._timers[0][0] if self._timers else inf) - now))
            self._run_timers()

    def close(self) -> None:
        """End all work that is under way."""
        try:
            for task in list(self._open):
                task.work.close()
        finally:
            self._open.clear()
            self._ready.clear()
            self._timers.clear()
            if self._connections:
                give_back_connections(self._connections)
                self._connections = None

    def resume(self, task: Task[Any], value: Any = None, error: Exception | None = None) -> None:
        """Have a task that waits go on with a value, or with an error."""
        self._ready.append((task, value, error))

    def at(self, at: float, act: Callable[[], None]) -> None:
        """Do something when the monotonic clock is `at`."""
        heappush(self._timers, (at, next(self._numbers), act))

    def request(self, task: Task[Any], request: Request, seconds: float) -> None:
        """Make a request, and resume the task with the response."""
        if self._connections is None:
            self._connections = borrow_connections()
        key = (next(self._numbers), task)
        self._connections.start(key, request)
        self._requests += 1
        self.at(time.monotonic() + seconds, partial(self._give_up, key))

    def _give_up(self, key: tuple[int, Task[Any]]) -> None:
        if self._connections and self._connections.abandon(key):
            self._requests -= 1
            self.resume(key[1], error=TimeoutError("the response was not complete in time"))

    def _run_ready(self) -> None:
        while self._ready:
            task, value, error = self._ready.popleft()
            try:
                wait = task.work.throw(error) if error else task.work.send(value)
            except StopIteration as end:
                self._end(task, end.value, None)
            except Exception as failure:
                self._end(task, None, failure)
            else:
                self._suspend(task, wait)

    def _suspend(self, task: Task[Any], wait: Wait) -> None:
        try:
            wait(self, task)
        except Exception as failure:
            self.resume(task, error=failure)

    def _end(self, task: Task[Any], result: Any, error: Exception | None) -> None:
        task.end(result, error)
        self._open.discard(task)
        for waiting in task.waiting:
            self.resume(waiting)

    def _await(self, seconds: float) -> None:
        """Wait for a response until the next timer is due."""
        if not self._requests or not self._connections:
            if seconds == inf:
                raise RuntimeError("the tasks wait for what nobody does")
            time.sleep(seconds)
            return
        for (_, task), outcome in self._connections.outcomes(seconds):
            self._requests -= 1
            if isinstance(outcome, Exception):
                self.resume(task, error=outcome)
            else:
                self.resume(task, outcome)

    def _run_timers(self) -> None:
        """Act on what is due: after the responses were read, so that none counts as late that came while others ran."""
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            heappop(self._timers)[2]()


def run(work: Work[T]) -> T:
    """Run work to its end and return its result."""
    tasks = Tasks()
    try:
        task = tasks.start(work)
        tasks.run_until(lambda: task.is_done)
        return task.result()
    finally:
        tasks.close()
