"""Planning several dates: clusters concurrently in processes, the dates of each cluster in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection, wait

from novatrek_scheduling.errors import DomainError
from optimization.batch.handing_out import Cluster, HandingOut
from optimization.batch.outcomes import DateOutcome
from optimization.days.reading import RunReading
from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author
from scheduling.domain.facts import Snapshot


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


@dataclass(frozen=True, slots=True)
class Crash:
    """An error in a planning process that is no outcome of planning, as text."""

    traceback: str


class PlanningCrashed(Exception):
    """A planning process had an error that planning does not have; the message is its traceback."""


class PlanningProcessDied(Exception):
    """A planning process was killed."""


def plan_dates(
    days: Sequence[date],
    clusters: Sequence[Cluster],
    terms: PlanningTerms,
    reading: RunReading,
    *,
    processes: Sequence[Connection] = (),
) -> Iterator[DateOutcome | DateFailure]:
    """Yield the outcome of each date and cluster as it is completed; rest couples a cluster's dates, in order.

    A date that fails stops no other. Without processes at the other ends of connections this process plans. Raises
    PlanningProcessDied and PlanningCrashed.
    """
    if processes:
        work = {cluster: work_of(reading.snapshot_of(days[0]), cluster) for cluster in clusters}
        handing_out = HandingOut({cluster: list(days) for cluster in clusters}, work, len(processes))
        yield from _ConcurrentPlanning(terms, handing_out, processes).run()
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


def work_of(snapshot: Snapshot, cluster: Cluster) -> int:
    """Return how much work a date of the cluster is, beside that of others: its departures, and one for the rest."""
    return 1 + sum(len(snapshot.listed_in(day, cluster)) for day in snapshot.days)


@dataclass(slots=True)
class _ConcurrentPlanning:
    """Planning with one date of each cluster at a time in a process; a process that is free takes the next."""

    terms: PlanningTerms
    handing_out: HandingOut
    processes: Sequence[Connection]
    planning: dict[Connection, Cluster] = field(default_factory=dict)
    last: dict[Connection, Cluster] = field(default_factory=dict)

    def run(self) -> Iterator[DateOutcome | DateFailure]:
        self._hand_out()
        while self.planning:
            for connection in wait(list(self.planning)):
                assert isinstance(connection, Connection)  # noqa: S101 (the types of `wait` allow for sockets)
                outcome = _received(connection)
                cluster = self.planning.pop(connection)
                self.handing_out.planned(cluster)
                self._hand_out()
                yield outcome

    def _hand_out(self) -> None:
        for connection in self.processes:
            if connection not in self.planning and (task := self.handing_out.next_for(self.last.get(connection))):
                cluster, day = task
                self.planning[connection] = self.last[connection] = cluster
                _send(connection, (day, cluster, self.terms))


def _send(connection: Connection, task: tuple[date, Cluster, PlanningTerms]) -> None:
    try:
        connection.send(task)
    except OSError as gone:
        raise PlanningProcessDied from gone


def _received(connection: Connection) -> DateOutcome | DateFailure:
    try:
        outcome: DateOutcome | DateFailure | Crash = connection.recv()
    except (EOFError, OSError) as gone:
        raise PlanningProcessDied from gone
    if isinstance(outcome, Crash):
        raise PlanningCrashed(outcome.traceback)
    return outcome
