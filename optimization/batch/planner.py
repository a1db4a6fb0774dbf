"""Planning several dates: clusters concurrently in processes, the dates of each cluster in order."""

import multiprocessing
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, connections

from novatrek_scheduling.errors import DomainError
from optimization.batch.outcomes import DateOutcome
from optimization.batch.process_init import initialize_process
from optimization.days.services import optimize_day, take_planning_snapshot
from scheduling.daily_schedules.authors import Author
from scheduling.domain.facts import Snapshot

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
    *,
    pool: Executor | None = None,
    snapshot: Snapshot | None = None,
) -> Iterator[DateOutcome | DateFailure]:
    """Yield the outcome of each date and cluster as it is completed; rest couples a cluster's dates, in order.

    A date that fails stops no other. Without a pool this process plans, and reads the facts of a date once for all
    clusters; `snapshot` has those of the first date. Raises BrokenProcessPool if a process of the pool was killed.
    """
    if pool:
        with ThreadPoolExecutor(1) as reader:
            remaining = {cluster: list(days) for cluster in clusters}
            yield from _ConcurrentPlanning(terms, pool, reader, list(days), remaining).run()
        return
    for day in days:
        try:
            facts = snapshot if snapshot and snapshot.days[0] == day else take_planning_snapshot(day, None)
        except DomainError as error:
            yield from [DateFailure(day, cluster, error.message) for cluster in clusters]
            continue
        yield from (plan_date_of(day, cluster, terms, facts) for cluster in clusters)


def plan_date_of(
    day: date, cluster: Cluster, terms: PlanningTerms, snapshot: Snapshot | None = None
) -> DateOutcome | DateFailure:
    """Plan one date of one cluster and return its outcome."""
    try:
        optimized = optimize_day(
            day,
            cluster,
            author=terms.author,
            dry_run=terms.dry_run,
            snapshot=snapshot,
            max_changes=terms.max_changes,
            may_unstaff=terms.may_unstaff,
        )
    except DomainError as error:
        return DateFailure(day, cluster, error.message)
    return DateOutcome.of(optimized, explain=terms.explain)


@contextmanager
def planning_processes(count: int) -> Iterator[ProcessPoolExecutor | None]:
    """Yield a pool of `count` processes; None for one, which is this process. To be called before anything else.

    A fork is ready at once, but inherits locks without the threads that hold them: if this process has threads
    already, the others are spawned, which takes seconds.
    """
    if count == 1:
        yield None
        return
    context = multiprocessing.get_context("fork" if threading.active_count() == 1 else "spawn")
    # Two processes cannot share a connection.
    connections.close_all()
    database = connection.settings_dict["NAME"]
    with ProcessPoolExecutor(count, context, initializer=initialize_process, initargs=(database,)) as pool:
        pool.submit(os.getpid)
        yield pool


@dataclass(slots=True)
class _ConcurrentPlanning:
    """Planning with one date of each cluster at a time in a process; its next date follows on completion.

    The facts of a date are read once, here, in a thread that is a date ahead: the processes only plan.
    """

    terms: PlanningTerms
    pool: Executor
    reader: ThreadPoolExecutor
    to_read: list[date]
    remaining: dict[Cluster, list[date]]
    reads: dict[date, Future[Snapshot | DateFailure]] = field(default_factory=dict)
    waiting: dict[date, list[Cluster]] = field(default_factory=lambda: defaultdict(list))
    planning: dict[Future[DateOutcome | DateFailure], Cluster] = field(default_factory=dict)

    def run(self) -> Iterator[DateOutcome | DateFailure]:
        self._read_ahead()
        for cluster in self.remaining:
            yield from self._start_next(cluster)
        while self.planning or self.waiting:
            pending: list[Future[Any]] = [*self.planning, *(self.reads[day] for day in self.waiting)]
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for day in [day for day in self.waiting if self.reads[day] in done]:
                for cluster in self.waiting.pop(day):
                    yield from self._start(day, cluster)
            for future in [future for future in self.planning if future in done]:
                cluster = self.planning.pop(future)
                yield future.result()
                yield from self._start_next(cluster)

    def _start_next(self, cluster: Cluster) -> Iterator[DateFailure]:
        """Start the cluster's next date, now or as soon as its facts are read."""
        if not self.remaining[cluster]:
            return
        day = self.remaining[cluster].pop(0)
        if day not in self.reads:
            self._read_ahead()
        if self.reads[day].done():
            yield from self._start(day, cluster)
        else:
            self.waiting[day].append(cluster)

    def _read_ahead(self) -> None:
        for day in self.to_read[:2]:
            self.reads[day] = self.reader.submit(_read, day)
        del self.to_read[:2]

    def _start(self, day: date, cluster: Cluster) -> Iterator[DateFailure]:
        facts = self.reads[day].result()
        if isinstance(facts, DateFailure):
            yield DateFailure(day, cluster, facts.reason)
            yield from self._start_next(cluster)
        else:
            self.planning[self.pool.submit(plan_date_of, day, cluster, self.terms, facts)] = cluster


def _read(day: date) -> Snapshot | DateFailure:
    try:
        return take_planning_snapshot(day, None)
    except DomainError as error:
        return DateFailure(day, frozenset(), error.message)
    finally:
        connections.close_all()
