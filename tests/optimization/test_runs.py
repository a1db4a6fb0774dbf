from datetime import timedelta

import pytest
from django.utils import timezone

from optimization.models import OptimizationRun, RunDetail, RunStatus
from optimization.runs import fail_abandoned_runs, fail_run, start_run
from tests.factories import TOMORROW


@pytest.mark.django_db
def test_a_run_whose_process_was_killed_is_failed_and_says_so() -> None:
    run = start_run(TOMORROW, subject=RunDetail.Subject.DAY)

    fail_abandoned_runs(timezone.now() + timedelta(hours=1))

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "process ended" in run.detail.error


@pytest.mark.django_db
def test_a_run_under_way_is_left_alone() -> None:
    start_run(TOMORROW, subject=RunDetail.Subject.DAY)

    fail_abandoned_runs(timezone.now())

    assert OptimizationRun.objects.get().status == RunStatus.RUNNING


@pytest.mark.django_db
def test_what_goes_wrong_after_a_run_is_completed_does_not_fail_it() -> None:
    run = start_run(TOMORROW, subject=RunDetail.Subject.REQUEST)
    OptimizationRun.objects.filter(pk=run.pk).update(status=RunStatus.COMPLETED)

    fail_run(run, "the connection broke")

    run.refresh_from_db()
    assert (run.status, run.detail.error) == (RunStatus.COMPLETED, "")
