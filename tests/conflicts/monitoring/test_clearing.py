"""Which open conflicts a write looks at: those about what it judges, however many others its date has."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from tests.conflicts.factories import conflict_of, put
from tests.factories import TOMORROW

TODAY = TOMORROW - timedelta(days=1)

pytestmark = pytest.mark.django_db


def looked_at_by_a_write_of(departure_id: UUID) -> set[UUID]:
    """Return the open conflicts that PostgreSQL sends when the departure is written, as if it cleared none."""
    with CaptureQueriesContext(connection) as captured:
        put(departure_id, capacity=20)
    [statement] = [query["sql"] for query in captured.captured_queries if "AS conflict" in query["sql"]]
    ScheduleConflict.objects.update(resolved=False)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {conflict_id for conflict_id, *_ in cursor.fetchall()}


def test_it_looks_at_those_about_its_departures_and_not_at_all_of_the_date() -> None:
    departure = uuid4()
    put(departure)
    found = [
        conflict_of(departure_ids=[str(departure)]),
        conflict_of(subjects=[str(departure), str(uuid4())], departure_ids=[]),
        conflict_of(TODAY, cause=Cause.OVERLAP, subjects=[str(departure), str(uuid4())]),
    ]
    others = [
        *(conflict_of(subjects=[str(uuid4())]) for _ in range(20)),
        conflict_of(TODAY, subjects=[str(departure)]),
        conflict_of(TODAY, cause=Cause.OVERLAP, departure_ids=[str(departure)]),
    ]

    looked_at = looked_at_by_a_write_of(departure)

    assert {conflict.pk for conflict in found} <= looked_at
    assert looked_at.isdisjoint(conflict.pk for conflict in others)
