"""Planning several dates: clusters concurrently in processes, the dates of each cluster in order."""

import multiprocessing
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection, connections

from novatrek_scheduling.errors import DomainError
from optimization.batch.outcomes import DateOutcome
from optimization.batch.process_init import HandedOn, initialize_process, reading_taken_over
from optimization.days.reading import RunReading
from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author

Cluster = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class PlanningTerms:
    """The terms of planning dates.

    `dry_run` stores nothing. At most `max_changes` guides are reassigned per date, any number if None. `explain`:
    the outcomes have explanations. `may_unstaff`: a person accepts plans that take the teams of more published
    departures than a machine may.
    """

    author: Author
    dry_run: bool = False
    max_changes: int | None = None
    explain: bool = False
    may_unstaff: bool = False


@dataclass(frozen=True, slots=True)
class DateFailure:
    """A date that could not be planned and keeps its plan, with the reason."""

    day: date
    region_ids: Cluster
    reason: str


def plan_dates(
    days: Sequence[date],
    clusters: Sequence[Cluster],
    terms: PlanningTerms,
    reading: RunReading,
    *,
    pool: Executor | None = None,
) -> Iterator[DateOutcome | DateFailure]:
    """Yield the outcome of each date and cluster as it is completed; rest couples a cluster's dates, in order.

    A date that fails stops no other. Without a pool this process plans; the processes of a pool have taken `reading`
    over. Raises BrokenProcessPool if one of them was killed.
    """
    if pool:
        yield from _ConcurrentPlanning(terms, pool, {cluster: list(days) for cluster in clusters}).run()
        return
    for day in days:
        yield from (plan_date_of(day, cluster, terms, reading) for cluster in clusters)


def plan_date_of(day: date, cluster: Cluster, terms: PlanningTerms, reading: RunReading) -> DateOutcome | DateFailure:
    """Plan one date of one cluster and return its outcome."""
    try:
        with reading.planning():
            optimized = optimize_day(
                day,
                cluster,
                author=terms.author,
                dry_run=terms.dry_run,
                snapshot=reading.snapshot_of(day),
                led=reading.departures_led(),
                max_changes=terms.max_changes,
                may_unstaff=terms.may_unstaff,
            )
    except DomainError as error:
        return DateFailure(day, cluster, error.message)
    return DateOutcome.of(optimized, explain=terms.explain)


@contextmanager
def planning_processes(count: int, reading: RunReading) -> Iterator[ProcessPoolExecutor | None]:
    """Yield a pool of `count` processes that take `reading` over; None for one, which is this process.

    A fork is ready at once and shares the memory of what was read, but inherits locks without the threads that hold
    them: if this process has other threads, the processes are spawned, which takes seconds. To be called before
    anything is solved: the children of a process that has solved would hang.
    """
    if count == 1:
        yield None
        return
    context = multiprocessing.get_context("fork" if threading.active_count() == 1 else "spawn")
    # Two processes cannot share a connection.
    connections.close_all()
    arguments = (connection.settings_dict["NAME"], HandedOn(reading))
    with ProcessPoolExecutor(count, context, initializer=initialize_process, initargs=arguments) as pool:
        yield pool


@dataclass(slots=True)
class _ConcurrentPlanning:
    """Planning with one date of each cluster at a time in a process; its next date follows on completion."""

    terms: PlanningTerms
    pool: Executor
    remaining: dict[Cluster, list[date]]
    planning: dict[Future[DateOutcome | DateFailure], Cluster] = field(default_factory=dict)

    def run(self) -> Iterator[DateOutcome | DateFailure]:
        for cluster in self.remaining:
            self._start_next(cluster)
        while self.planning:
            done, _ = wait(self.planning, return_when=FIRST_COMPLETED)
            for future in done:
                cluster = self.planning.pop(future)
                self._start_next(cluster)
                yield future.result()

    def _start_next(self, cluster: Cluster) -> None:
        if self.remaining[cluster]:
            day = self.remaining[cluster].pop(0)
            self.planning[self.pool.submit(_plan_here, day, cluster, self.terms)] = cluster


def _plan_here(day: date, cluster: Cluster, terms: PlanningTerms) -> DateOutcome | DateFailure:
    return plan_date_of(day, cluster, terms, reading_taken_over())
