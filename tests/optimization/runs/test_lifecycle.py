"""The life cycle of a run, and the hash of its problem."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from optimization.models import OptimizationRun, RunDetail, RunStatus
from optimization.runs.lifecycle import fail_abandoned_runs, fail_run, hash_of, start_run
from tests.factories import TOMORROW
from tests.optimization.solver.days import day, pair, trip


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


def test_the_same_problem_has_one_hash_and_another_one_another() -> None:
    """Two ids that meet in one place of a hash table come out of a set in the order in which they went in."""
    first, second = UUID(int=0), UUID(int=8)
    hashes = {
        hash_of(day([hike := trip(1, "09:00", "12:00", guests, pinned_guides=frozenset(pinned))], [pair(hike, 1, 9)]))
        for pinned in ((first, second), (second, first))
        for guests in (4, 5)
    }

    assert repr(frozenset((first, second))) != repr(frozenset((second, first)))
    assert len(hashes) == 2
