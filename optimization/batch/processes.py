"""The processes that plan side by side."""

import multiprocessing
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess

from django.db import connection, connections

from optimization.batch.process_init import HandedOn, plan_for_parent
from optimization.days.reading import RunReading

END_SECONDS = 5.0


@contextmanager
def planning_processes(count: int, reading: RunReading) -> Iterator[Sequence[Connection]]:
    """Yield connections to `count` processes that take `reading` over; none for one, which is this process.

    A fork is ready at once and shares the memory of what was read, but inherits locks without the threads that hold
    them: if this process has other threads, the processes are spawned, which takes seconds. To be called before
    anything is solved: the children of a process that has solved would hang.
    """
    if count == 1:
        yield ()
        return
    # Two processes cannot share a connection.
    connections.close_all()
    started: list[tuple[BaseProcess, Connection]] = []
    try:
        for _ in range(count):
            started.append(_start(HandedOn(reading), [ours for _, ours in started]))
        yield [ours for _, ours in started]
    finally:
        _end(started)


def _start(handed_on: HandedOn, others: Sequence[Connection]) -> tuple[BaseProcess, Connection]:
    context: ForkContext | SpawnContext
    if threading.active_count() == 1:
        context = multiprocessing.get_context("fork")
    else:
        context, others = multiprocessing.get_context("spawn"), ()
    ours, theirs = context.Pipe()
    inherited = (*others, ours) if isinstance(context, ForkContext) else ()
    arguments = (theirs, inherited, connection.settings_dict["NAME"], handed_on)
    process = context.Process(target=plan_for_parent, args=arguments, daemon=True)
    process.start()
    # While it is open here, the end of the process would not close it.
    theirs.close()
    return process, ours


def _end(started: Sequence[tuple[BaseProcess, Connection]]) -> None:
    """Close the connections, upon which the processes end; those that are still at work are ended."""
    for _, ours in started:
        ours.close()
    for process, _ in started:
        process.join(END_SECONDS)
        process.kill()
        process.join()
