"""Planning that something asked for: a departure that came in, unstaffed."""

from datetime import date
from functools import partial
from uuid import UUID

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from novatrek_scheduling.errors import Impossible
from optimization.models import OptimizationRun, RunDetail
from scheduling.daily_schedules.authors import AuthorKind
from scheduling.errors import DateInThePast

logger = structlog.get_logger(__name__)

OPTIMIZE_REGION_TASK = "optimization.optimize_region"
# Departures tend to come in groups: one plan for all that come within this time.
GATHER_SECONDS = 5
FORGET_SECONDS = 300

OPTIMIZE_CLUSTER_TASK = "optimization.optimize_cluster"


def enqueue_region(day: date, region_id: UUID) -> None:
    """Queue the region's date once the transaction commits; what comes in meanwhile shares the run.

    A mark in Valkey keeps two from doing the same work. Without it, or without the queue, nothing is lost:
    the night plans the date anyway.
    """
    transaction.on_commit(partial(_queue, day, region_id))


def _queue(day: date, region_id: UUID) -> None:
    mark = _mark(day, region_id)
    if not cache.add(mark, True, timeout=FORGET_SECONDS) and cache.get(mark):
        return
    try:
        current_app.send_task(
            OPTIMIZE_REGION_TASK,
            args=[day.isoformat(), str(region_id)],
            queue="optimization",
            countdown=GATHER_SECONDS,
            retry=False,
        )
    except OperationalError as error:
        logger.warning("optimization_not_queued", day=str(day), region_id=str(region_id), error=str(error))


def started(day: date, region_id: UUID) -> None:
    """What comes in from now on is not in this run: let it ask for another one."""
    cache.delete(_mark(day, region_id))


def _mark(day: date, region_id: UUID) -> str:
    return f"optimization-wanted:{day}:{region_id}"


class NotPlannedAgain(Impossible):
    """The run was not about a day, or the queue is away."""

    code = "RUN_NOT_REPEATABLE"


def enqueue_rerun(run: OptimizationRun, *, by: str) -> None:
    """Queue what the run planned, on today's facts. Raises NotPlannedAgain, and DateInThePast where it is too late."""
    detail = RunDetail.objects.filter(pk=run.pk, subject=RunDetail.Subject.DAY).first()
    if detail is None:
        raise NotPlannedAgain(f"Run {run.pk} did not plan a day: there is nothing to plan again.")
    if run.schedule_date < timezone.now().date():
        raise DateInThePast(f"{run.schedule_date} is over: there is nothing left to plan.")
    cause = f"{by} planned run {run.pk} again"
    try:
        current_app.send_task(
            OPTIMIZE_CLUSTER_TASK,
            args=[[run.schedule_date.isoformat()], detail.region_ids, AuthorKind.OPTIMIZATION.value, cause],
            queue="optimization",
            retry=False,
        )
    except OperationalError as error:
        raise NotPlannedAgain("The queue is away: try again in a moment.") from error
