"""Planning a cluster of a date reads of its daily schedule the departures of the cluster, and never the whole."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from optimization.days.clusters import clusters_of
from optimization.days.services import optimize_day, take_planning_snapshot
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot
from scheduling.models import DailySchedule
from tests.factories import DepartureFactory
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer")
# The column itself, or all of its departures; not what is beside them, and not those that a function finds.
WHOLE = re.compile(
    r"""^SELECT (?:(?!\bFROM\b).)*(?<!entries_named\()"daily_schedules"\."assignments"(?! - | -> 'guide_adj)""", re.S
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(siblings: SimulatedSiblings) -> Snapshot:
    return take_planning_snapshot(siblings.today + timedelta(days=1), None)


def whole_documents_read_by(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"][:300] for query in captured if WHOLE.search(query["sql"])]


def stored(day: date) -> Mapping[UUID, Departure]:
    return DailySchedule.objects.get(schedule_date=day).document.departures


def test_no_statement_of_a_clusters_planning_selects_the_whole_document(snapshot: Snapshot) -> None:
    [day] = snapshot.days
    first, second, *_ = clusters_of(snapshot)
    put({uuid4(): DepartureFactory(region_id=uuid4()) for _ in range(3)}, day)
    others = dict(stored(day))

    with CaptureQueriesContext(connection) as anew:
        optimize_day(day, first, author=NIGHT, snapshot=snapshot)
        optimize_day(day, second, author=NIGHT, snapshot=snapshot)
    with CaptureQueriesContext(connection) as again:
        optimize_day(day, first, author=NIGHT, snapshot=snapshot)

    planned = {departure.region_id for departure in stored(day).values() if departure.team}
    assert planned & first
    assert planned & second
    assert others.items() <= dict(stored(day)).items()
    assert whole_documents_read_by(anew) == []
    assert whole_documents_read_by(again) == []
