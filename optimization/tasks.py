"""Celery tasks of the workers: schedule requests, optimizations of dates, nights, and proposals."""

from datetime import date
from uuid import UUID, uuid4

import structlog
from celery import Task, shared_task
from django.utils import timezone

from optimization.days.dead_letters import record_failed_optimization
from optimization.days.healing import plan_gaps_again
from optimization.days.queue import OPTIMIZE_CLUSTER_TASK, OPTIMIZE_REGION_TASK, clear_region_mark
from optimization.days.services import optimize_day
from optimization.fragility.services import refresh_reports
from optimization.nights.lifecycle import CLUSTER_TASK, begin_night, schedule_dates
from optimization.nights.sweeper import sweep_nights
from optimization.nights.worker import HORIZON_TASK, work_on_cluster
from optimization.proposals.claims import COMPUTE_TASK
from optimization.proposals.making import compute_proposal
from optimization.proposals.sweeper import sweep_proposals
from optimization.requests.processing import process_request
from optimization.runs.lifecycle import fail_abandoned_runs
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.errors import ContentionNotResolved
from scheduling.requests.claims import PROCESS_TASK, sweep_requests
from scheduling.siblings.errors import SiblingUnavailable

logger = structlog.get_logger(__name__)


@shared_task(name=PROCESS_TASK, soft_time_limit=25, time_limit=30)
def process_schedule_request_task(request_id: str) -> None:
    """Process one schedule request."""
    process_request(UUID(request_id))


@shared_task(name="scheduling.sweep_schedule_requests")
def sweep_schedule_requests_task() -> None:
    """Queue again the requests that no worker holds."""
    queued = sweep_requests(timezone.now())
    if queued:
        logger.info("schedule_requests_queued_again", count=queued)


@shared_task(name="optimization.fail_abandoned_runs")
def fail_abandoned_runs_task() -> None:
    """Fail the runs whose process was killed."""
    failed = fail_abandoned_runs(timezone.now())
    if failed:
        logger.warning("runs_abandoned", count=failed)


@shared_task(name=OPTIMIZE_CLUSTER_TASK)
def optimize_cluster_task(
    days: list[str], region_ids: list[str], kind: str, cause: str, may_unstaff: bool = False
) -> None:
    """Plan the first of the dates, then queue the others: rest couples them, so they run one after another.

    A date that could not be planned keeps its previous plan, has a FAILED run, and does not stop the others, whatever
    the error. Lasting contention on it becomes a dead letter. `may_unstaff`: a person accepted that published
    departures lose their teams.
    """
    first, *others = days
    author = Author(AuthorKind(kind), "optimizer", cause, "worker")
    try:
        regions = [UUID(region_id) for region_id in region_ids]
        _optimize(date.fromisoformat(first), regions, author, may_unstaff=may_unstaff)
    except SiblingUnavailable as error:
        logger.warning("date_not_optimized", day=first, reason=error.message)
    finally:
        if others:
            optimize_cluster_task.delay(others, region_ids, kind, cause, may_unstaff)


def _optimize(day: date, region_ids: list[UUID], author: Author, *, may_unstaff: bool = False) -> None:
    try:
        optimize_day(day, region_ids, author=author, may_unstaff=may_unstaff)
    except ContentionNotResolved as contention:
        logger.warning("date_not_optimized", day=str(day), reason=contention.message)
        record_failed_optimization(day, region_ids, author, contention)


@shared_task(
    bind=True,
    name=OPTIMIZE_REGION_TASK,
    autoretry_for=(SiblingUnavailable, ContentionNotResolved),
    max_retries=3,
    retry_backoff=5,
)
def optimize_region_task(task: Task[[str, str], None], day: str, region_id: str) -> None:
    """Plan one region of a date; contention that lasts through every retry becomes a dead letter."""
    clear_region_mark(date.fromisoformat(day), UUID(region_id))
    author = Author(AuthorKind.OPTIMIZATION, "optimizer", "a departure came in", "worker")
    plan = _optimize if task.request.retries == task.max_retries else optimize_day
    plan(date.fromisoformat(day), [UUID(region_id)], author=author)


@shared_task(bind=True, name=HORIZON_TASK)
def optimize_horizon_task(task: Task[[str | None], None], night_id: str | None = None) -> None:
    """Begin the night, or continue `night_id`: schedule its dates and queue the clusters.

    The night has the id of the message, so that a message delivered twice begins one. Where siblings do not answer,
    the sweeper retries.
    """
    night = begin_night(UUID(night_id or task.request.id or str(uuid4())), timezone.now())
    try:
        clusters = schedule_dates(night)
    except SiblingUnavailable as unavailable:
        logger.warning("night_not_laid_out", night_id=str(night.pk), reason=unavailable.message)
    else:
        logger.info("night_laid_out", night_id=str(night.pk), clusters=clusters)


@shared_task(name=CLUSTER_TASK)
def optimize_night_cluster_task(night_id: str, cluster: int) -> None:
    """Plan the next date of one cluster of a night."""
    work_on_cluster(UUID(night_id), cluster)


@shared_task(name="optimization.plan_gaps_again")
def plan_gaps_again_task() -> None:
    """Queue the dates whose latest plan rests on gaps that have closed."""
    plan_gaps_again(timezone.now())


@shared_task(name="optimization.sweep_nights")
def sweep_nights_task() -> None:
    """Recover the nights: requeue, close and begin what was lost."""
    queued = sweep_nights(timezone.now())
    if queued:
        logger.info("nights_queued_again", count=queued)


@shared_task(name="optimization.refresh_fragility")
def refresh_fragility_task() -> None:
    """Find the fragility of the next dates again where their plans or facts are newer."""
    refreshed = refresh_reports(timezone.now())
    if refreshed:
        logger.info("fragility_found", dates=refreshed)


@shared_task(name=COMPUTE_TASK)
def compute_proposal_task(proposal_id: str) -> None:
    """Make one proposal."""
    compute_proposal(UUID(proposal_id))


@shared_task(name="optimization.sweep_proposals")
def sweep_proposals_task() -> None:
    """Queue abandoned and outdated proposals again, and delete those that are long over."""
    queued = sweep_proposals(timezone.now())
    if queued:
        logger.info("proposals_queued_again", count=queued)
