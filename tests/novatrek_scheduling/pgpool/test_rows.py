"""Rows of several tables that are stored by one statement."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from novatrek_scheduling.pgpool.rows import columns_of, row_of, store_rows
from optimization.models import Algorithm, OptimizationRun, RunDetail, RunJoin, RunStatus

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)
READ = "SELECT {columns} FROM run_details AS detail"


def a_run(rows: int = 0) -> tuple[OptimizationRun, RunDetail]:
    run = OptimizationRun(schedule_date=DAY, algorithm=Algorithm.GREEDY, status=RunStatus.RUNNING)
    inputs = {"unknown": {"svc-weather": "it is silent"}}
    return run, RunDetail(run=run, subject=RunDetail.Subject.DAY, region_ids=["a", "b"], rows=rows, inputs=inputs)


def test_rows_of_two_tables_are_stored_as_the_orm_stores_them_by_one_statement() -> None:
    run, detail = a_run()

    with CaptureQueriesContext(connection) as captured:
        store_rows(new=[run, detail])

    assert len(captured) == 1
    stored = RunDetail.objects.select_related("run").get()
    for row, read in ((run, stored.run), (detail, stored)):
        assert {f.name: getattr(read, f.name) for f in read._meta.fields} == {
            f.name: getattr(row, f.name) for f in row._meta.fields
        }


def test_changed_fields_are_stored_beside_new_rows_and_others_are_left_alone() -> None:
    run, detail = a_run()
    store_rows(new=[run, detail])
    run.status, run.duration_ms, detail.error = RunStatus.COMPLETED, 12, "not to be stored"
    detail.objective = {"attained": [1, 2]}
    joined = RunJoin(run=run, by="Ana")

    store_rows(new=[joined], changed=[(run, ("status",)), (detail, ("objective",))])

    run.refresh_from_db()
    detail.refresh_from_db()
    assert (run.status, run.duration_ms, detail.objective, detail.error) == ("COMPLETED", 0, {"attained": [1, 2]}, "")
    assert RunJoin.objects.get(pk=joined.pk).by == "Ana"


def test_a_changed_row_that_is_gone_is_an_error() -> None:
    run, detail = a_run()
    store_rows(new=[run, detail])
    detail.pk = uuid4()

    with pytest.raises(DatabaseError, match="not stored any more"):
        store_rows(changed=[(detail, ("error",))])


def test_large_and_small_numbers_are_stored_by_the_same_prepared_statement() -> None:
    for rows in [1, 100_000] * 5:
        store_rows(new=a_run(rows))

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%INTO _run_details_%"])
        assert cursor.fetchone() == (1,)


def test_a_row_that_is_read_by_its_columns_is_the_row_of_the_orm() -> None:
    run, detail = a_run()
    store_rows(new=[run, detail])

    with connection.cursor() as cursor:
        cursor.execute(READ.format(columns=columns_of(RunDetail, "detail")))
        read = row_of(RunDetail, cursor.fetchone() or ())

    assert read == detail
    assert (read.inputs, read.region_ids, read.run_id) == (detail.inputs, ["a", "b"], run.pk)
