from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from optimization.models import Algorithm, OptimizationRun, RunDetail, RunStatus
from optimization.solver.solution import PlanStatus
from scheduling.models import ScheduleRequest
from tests.factories import TOMORROW
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.rows import a_run, a_run_of_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

LIST = "/admin/optimization/optimizationrun/"
AtMost = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def auditor() -> Client:
    return signed_in("Auditor")


def page_of(run: OptimizationRun) -> str:
    return reverse("admin:optimization_optimizationrun_change", args=[run.pk])


def found(person: Client, **query: str) -> set[Any]:
    return {run.pk for run in person.get(LIST, query).context["cl"].queryset}


def test_a_run_tells_how_good_its_plan_is_and_from_what(auditor: Client) -> None:
    page = auditor.get(page_of(a_run())).content.decode()

    for text in ("at most 2.3% off", "18/20", "eebc8242ef1d", "2.2 s", "did not answer in time", "115"):
        assert text in page


def test_a_run_that_failed_says_why(auditor: Client) -> None:
    failed = a_run(status=RunStatus.FAILED, error="its process ended before the run did", proof="")

    assert "its process ended" in auditor.get(page_of(failed)).content.decode()


def test_a_run_of_a_request_leads_to_it(auditor: Client) -> None:
    request = ScheduleRequest.objects.create(schedule_date=TOMORROW, requested_by="web", status="COMPLETED")

    page = auditor.get(page_of(a_run_of_request(request.pk))).content.decode()

    assert reverse("admin:scheduling_schedulerequest_change", args=[request.pk]) in page


@pytest.mark.parametrize(
    ("proof", "label"), [(PlanStatus.PROVEN, "optimal"), (PlanStatus.GREEDY, "greedy"), (PlanStatus.BEST_FOUND, "best")]
)
def test_the_list_says_how_well_a_plan_is_known(auditor: Client, proof: PlanStatus, label: str) -> None:
    a_run(proof=proof, gap=1.0)

    assert label in auditor.get(LIST).content.decode()


def test_runs_are_found_by_date_subject_and_the_ids_of_run_and_request(auditor: Client) -> None:
    request_id = uuid4()
    of_day, of_request = a_run(), a_run_of_request(request_id)
    later = a_run(TOMORROW + timedelta(days=1), status=RunStatus.RUNNING)

    assert found(auditor, detail__subject__exact=RunDetail.Subject.REQUEST) == {of_request.pk}
    assert found(auditor, status__exact=RunStatus.RUNNING) == {later.pk}
    assert found(auditor, schedule_date_to=TOMORROW.isoformat()) == {of_day.pk, of_request.pk}
    assert found(auditor, q=str(of_day.pk)) == {of_day.pk}
    assert found(auditor, q=str(request_id)) == {of_request.pk}
    assert found(auditor, q="no id") == set()


def test_a_run_without_details_is_shown_all_the_same(auditor: Client) -> None:
    bare = OptimizationRun.objects.create(
        schedule_date=TOMORROW, algorithm=Algorithm.GREEDY, status=RunStatus.COMPLETED
    )

    assert auditor.get(LIST).status_code == 200
    assert auditor.get(page_of(bare)).status_code == 200


def test_nobody_changes_a_run() -> None:
    run, superuser = a_run(), signed_in(is_superuser=True)

    assert superuser.post(page_of(run), {"score": "100"}).status_code == 403
    assert superuser.post(reverse("admin:optimization_optimizationrun_delete", args=[run.pk])).status_code == 403


def test_the_list_takes_few_queries(auditor: Client, django_assert_max_num_queries: AtMost) -> None:
    for _ in range(20):
        a_run()

    with django_assert_max_num_queries(9):
        auditor.get(LIST)
