"""What is told of planning processes that do not plan."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from uuid import UUID

import pytest

from optimization.batch.planner import PlanningCrashed, PlanningProcessDied, PlanningTerms, plan_dates
from optimization.batch.process_init import plan_on_request
from optimization.days.reading import RunReading
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.facts import Snapshot

DAY = date(2027, 1, 1)
TERMS = PlanningTerms(Author(AuthorKind.OPTIMIZATION, "ana"), dry_run=True)
CLUSTER = frozenset({UUID(int=1)})


class NothingListed(RunReading):
    """A reading of a company without departures, made without a sibling."""

    def snapshot_of(self, day: date) -> Snapshot:
        return Snapshot(datetime.now(UTC), (day,), {}, {})


class Unreadable(NothingListed):
    """A reading that is broken where it is planned on."""

    def snapshot_of(self, day: date) -> Snapshot:
        raise ZeroDivisionError("an error of ours")


@contextmanager
def planned_by_a_thread(reading: RunReading) -> Iterator[Connection]:
    ours, theirs = Pipe()
    with ThreadPoolExecutor(1) as thread:
        ends = thread.submit(plan_on_request, theirs, reading)
        yield ours
        ours.close()
        ends.result()


def test_a_process_that_was_killed_is_told() -> None:
    ours, theirs = Pipe()
    theirs.close()

    with pytest.raises(PlanningProcessDied):
        list(plan_dates([DAY], [CLUSTER], TERMS, NothingListed([DAY]), processes=[ours]))


def test_an_error_of_ours_in_a_process_is_told_with_its_place() -> None:
    with (
        planned_by_a_thread(Unreadable([DAY])) as process,
        pytest.raises(PlanningCrashed, match="an error of ours"),
    ):
        list(plan_dates([DAY], [CLUSTER], TERMS, NothingListed([DAY]), processes=[process]))
