"""The statements of a request and of a question: each row is written once a step, and nothing is read twice."""

import re
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from optimization.requests.processing import process_request
from scheduling.models import RequestStatus, ScheduleRequest
from scheduling.requests.submission import Submission, submit_schedule_request
from tests.scheduling.siblings.examples import a_hike
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db
DAYS = 5
A_WRITE = re.compile(r'(?:^|[()])\s*(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?')


def submitted(siblings: SimulatedSiblings, trip_id: UUID) -> ScheduleRequest:
    days = tuple(siblings.today + timedelta(days=n) for n in range(1, DAYS + 1))
    return submit_schedule_request(Submission(trip_id, days, {}), subject="kiosk")


def writes_among(captured: CaptureQueriesContext) -> Counter[tuple[str, ...]]:
    return Counter(write for query in captured.captured_queries for write in A_WRITE.findall(query["sql"]))


def reads_of(table: str, captured: CaptureQueriesContext) -> int:
    reads = [q for q in captured.captured_queries if q["sql"].lstrip().startswith("SELECT") and table in q["sql"]]
    return len(reads)


def test_a_request_that_changes_nothing_writes_each_of_its_rows_once_a_step(siblings: SimulatedSiblings) -> None:
    process_request(submitted(siblings, a_hike(siblings)).pk)
    request = submitted(siblings, a_hike(siblings))

    with CaptureQueriesContext(connection) as captured:
        process_request(request.pk)

    request.refresh_from_db()
    assert request.status == RequestStatus.COMPLETED
    assert writes_among(captured) == {
        ("UPDATE", "request_jobs"): 2,
        ("UPDATE", "schedule_requests"): 2,
        ("INSERT INTO", "optimization_runs"): 1,
        ("UPDATE", "optimization_runs"): 1,
        ("INSERT INTO", "run_details"): 1,
        ("UPDATE", "run_details"): 1,
        ("INSERT INTO", "request_outcomes"): 1,
        ("INSERT INTO", "outbox"): 1,
    }
    assert reads_of('"daily_schedules"', captured) <= 3
    assert len(captured) <= 23


def test_a_question_stores_its_run_by_a_statement_a_table(client: Client, siblings: SimulatedSiblings) -> None:
    first, last = siblings.today + timedelta(days=1), siblings.today + timedelta(days=7)
    query = {"trip_id": f"{a_hike(siblings)}", "date_range_start": f"{first}", "date_range_end": f"{last}"}
    path, headers = "/scheduling/v1/schedule-optimization", bearer()
    client.get(path, query, headers=headers)

    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, query, headers=headers)

    assert response.status_code == 200
    assert writes_among(captured) == {("INSERT INTO", "optimization_runs"): 1, ("INSERT INTO", "run_details"): 1}
    assert len(captured) <= 13
