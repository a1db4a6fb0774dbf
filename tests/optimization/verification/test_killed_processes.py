"""A process that is killed while it solves changes no plan."""

import multiprocessing
import os
import signal
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from optimization.days import planner
from optimization.days.services import optimize_day
from optimization.models import OptimizationRun, RunStatus
from optimization.runs.lifecycle import fail_abandoned_runs
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.models import DailySchedule
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, GuideFactory, TripFactory, lead, snapshot_of
from tests.scheduling.writes import put

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night")
TRIP = TripFactory(required_certifications=frozenset())
ANA, BEN = GuideFactory(name="Ana", years_experience=20), GuideFactory(name="Ben", years_experience=1)


def optimize_and_die() -> None:
    """Optimize as a worker whose process is killed in the solver, as for lack of memory."""
    for connection in connections.all():
        # The parent's sockets: closing them here would end its sessions.
        connection.connection = None

    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    planner.solve_day = die  # type: ignore[assignment]
    snapshot = snapshot_of(guides=[ANA, BEN], trips=[TRIP])
    optimize_day(TOMORROW, [REGION_ID], author=NIGHT, snapshot=snapshot)


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_process_is_killed_is_failed_and_the_plan_before_stays() -> None:
    put({TRIP.id: DepartureFactory(trip_id=TRIP.id, team=[lead(BEN)])})
    before = DailySchedule.objects.get()
    worker = multiprocessing.get_context("fork").Process(target=optimize_and_die)

    worker.start()
    worker.join(30)
    under_way = OptimizationRun.objects.get().status
    fail_abandoned_runs(timezone.now() + timedelta(seconds=settings.TASK_TIME_LIMIT_SECONDS + 1))

    run, after = OptimizationRun.objects.select_related("detail").get(), DailySchedule.objects.get()
    assert (worker.exitcode, under_way) == (-signal.SIGKILL, RunStatus.RUNNING)
    assert (run.status, run.detail.error) == (RunStatus.FAILED, "its process ended before the run did")
    assert (after.rev, after.assignments) == (before.rev, before.assignments)
