"""Queueing of optimizations: of a region with a new departure, of a cluster, of a run that was refused."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from novatrek_scheduling.company_time import earliest_today
from novatrek_scheduling.errors import Impossible
from novatrek_scheduling.queue import QueueUnavailable, enqueue, send_task
from optimization.models import OptimizationRun, RunDetail
from optimization.verification.evidence import HardRule
from scheduling.daily_schedules.authors import AuthorKind
from scheduling.errors import DateInThePast

QUEUE = "optimization"
OPTIMIZE_REGION_TASK = "optimization.optimize_region"
OPTIMIZE_CLUSTER_TASK = "optimization.optimize_cluster"
# Departures tend to arrive in groups: one run plans all that arrive within this time.
BATCHING_DELAY = timedelta(seconds=5)
MARK_SECONDS = 300


def enqueue_region(day: date, region_id: UUID) -> None:
    """Queue the region's date once the transaction commits; later calls share the run until it starts.

    A mark in Valkey prevents a second message. Without it, or without the queue, nothing is lost: the night plans
    the date anyway.
    """
    transaction.on_commit(partial(_enqueue_once, day, region_id))


def _enqueue_once(day: date, region_id: UUID) -> None:
    mark = _mark(day, region_id)
    if not cache.add(mark, True, timeout=MARK_SECONDS) and cache.get(mark):
        return
    enqueue(OPTIMIZE_REGION_TASK, day.isoformat(), str(region_id), queue=QUEUE, delay=BATCHING_DELAY)


def enqueue_cluster(day: date, region_ids: Sequence[str], kind: str, cause: str, *, may_unstaff: bool = False) -> None:
    """Queue the planning of some regions of a date now, not on commit. Raises QueueUnavailable.

    `may_unstaff`: a person accepts that published departures lose their teams.
    """
    enqueue_dates([day], region_ids, kind, cause, may_unstaff=may_unstaff)


def enqueue_dates(
    days: Sequence[date], region_ids: Sequence[str], kind: str, cause: str, *, may_unstaff: bool = False
) -> None:
    """Queue the planning of some regions on several dates, one after another, as `enqueue_cluster` does for one."""
    # Without the argument unless it is needed: workers of the release before do not know it.
    accepted = [True] if may_unstaff else []
    texts = [day.isoformat() for day in days]
    send_task(OPTIMIZE_CLUSTER_TASK, texts, list(region_ids), kind, cause, *accepted, queue=QUEUE)


def clear_region_mark(day: date, region_id: UUID) -> None:
    """Let departures that arrive from now on queue another run: the one that starts does not include them."""
    cache.delete(_mark(day, region_id))


def _mark(day: date, region_id: UUID) -> str:
    return f"optimization-wanted:{day}:{region_id}"


class RunNotRepeatable(Impossible):
    """The run did not plan a day, or the queue is unavailable."""

    code = "RUN_NOT_REPEATABLE"


def accept_unstaffed(run: OptimizationRun, *, by: str) -> None:
    """Queue the scope of a run that was refused for the teams it took, on a person's word that it may take them.

    It is planned on present facts: where they have recovered no team is taken. Raises RunNotRepeatable for a run that
    was not refused for this or while the queue is unavailable, and DateInThePast.
    """
    detail = RunDetail.objects.filter(pk=run.pk, subject=RunDetail.Subject.DAY).first()
    if detail is None or HardRule.PUBLISHED_TEAMS.value not in detail.error:
        raise RunNotRepeatable(f"Run {run.pk} was not refused for the teams it took: there is nothing to accept.")
    if run.schedule_date < earliest_today():
        raise DateInThePast(f"{run.schedule_date} is over: there is nothing left to plan.")
    cause = f"{by} accepted that published departures lose their teams"
    kind = AuthorKind.OPTIMIZATION.value
    try:
        enqueue_cluster(run.schedule_date, detail.region_ids, kind, cause, may_unstaff=True)
    except QueueUnavailable as error:
        raise RunNotRepeatable(error.message) from error
