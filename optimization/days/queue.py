"""Planning that something asked for: a departure that came in, unstaffed."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from novatrek_scheduling.errors import Impossible
from novatrek_scheduling.queue import QueueUnavailable, enqueue, send_task
from optimization.models import OptimizationRun, RunDetail
from scheduling.daily_schedules.authors import AuthorKind
from scheduling.errors import DateInThePast

QUEUE = "optimization"
OPTIMIZE_REGION_TASK = "optimization.optimize_region"
OPTIMIZE_CLUSTER_TASK = "optimization.optimize_cluster"
# Departures tend to come in groups: one plan for all that come within this time.
GATHER = timedelta(seconds=5)
FORGET_SECONDS = 300


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
    enqueue(OPTIMIZE_REGION_TASK, day.isoformat(), str(region_id), queue=QUEUE, delay=GATHER)


def enqueue_cluster(day: date, region_ids: Sequence[str], kind: str, cause: str) -> None:
    """Queue the planning of some regions of a date now, not on commit. Raises QueueUnavailable."""
    send_task(OPTIMIZE_CLUSTER_TASK, [day.isoformat()], list(region_ids), kind, cause, queue=QUEUE)


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
        enqueue_cluster(run.schedule_date, detail.region_ids, AuthorKind.OPTIMIZATION.value, cause)
    except QueueUnavailable as error:
        raise NotPlannedAgain(error.message) from error
