"""The statements by which a cluster of a date is planned: what the rules, the detectors and the checker want, once."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from optimization.days.clusters import clusters_of
from optimization.days.services import optimize_day, take_planning_snapshot
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.facts import Snapshot
from tests.siblings import SimulatedSiblings

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer")

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(siblings: SimulatedSiblings) -> Snapshot:
    return take_planning_snapshot(siblings.today + timedelta(days=2), None)


def statements_of(day: date, cluster: frozenset[UUID], snapshot: Snapshot) -> list[str]:
    """Return the statements of planning a cluster on facts that were read already."""
    with CaptureQueriesContext(connection) as captured:
        optimize_day(day, cluster, author=NIGHT, snapshot=snapshot, led={})
    return [query["sql"] for query in captured.captured_queries]


def naming(table: str, statements: list[str]) -> int:
    return len([statement for statement in statements if table in statement])


def test_each_thing_is_read_once_before_the_write_and_once_behind_its_locks(snapshot: Snapshot) -> None:
    [day] = snapshot.days
    first, second, *_ = clusters_of(snapshot)
    optimize_day(day, first, author=NIGHT, snapshot=snapshot, led={})

    planned = statements_of(day, second, snapshot)
    again = statements_of(day, second, snapshot)

    assert naming("guide_entries", planned) == 2
    assert naming("request_outcomes", planned) == 1
    assert naming("schedule_conflicts AS conflict", planned) == 1
    assert naming("optimization_runs", planned) == 3
    assert len(planned) <= 46
    assert len(again) <= 26
