"""What the workers do: requests, the night, and what somebody asked to be planned."""

from datetime import date, timedelta
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from optimization import wanted
from optimization.clusters import clusters_of
from optimization.planning import optimize_day, take_planning_snapshot
from optimization.processing import process_request
from optimization.runs import fail_abandoned_runs
from optimization.wanted import OPTIMIZE_REGION_TASK
from scheduling.authors import Author, AuthorKind
from scheduling.errors import ContentionNotResolved
from scheduling.jobs import PROCESS_TASK, sweep_requests
from scheduling.siblings.errors import SiblingUnavailable

logger = structlog.get_logger(__name__)


@shared_task(name=PROCESS_TASK, soft_time_limit=25, time_limit=30)
def process_schedule_request_task(request_id: str) -> None:
    process_request(UUID(request_id))


@shared_task(name="scheduling.sweep_schedule_requests")
def sweep_schedule_requests_task() -> None:
    queued = sweep_requests(timezone.now())
    if queued:
        logger.info("schedule_requests_queued_again", count=queued)


@shared_task(name="optimization.fail_abandoned_runs")
def fail_abandoned_runs_task() -> None:
    failed = fail_abandoned_runs(timezone.now())
    if failed:
        logger.warning("runs_abandoned", count=failed)


@shared_task(name="optimization.optimize_cluster")
def optimize_cluster_task(days: list[str], region_ids: list[str], kind: str, cause: str) -> None:
    """Plan the first of the dates, then queue the others: rest couples them, so they go one after another.

    A date that could not be planned keeps its previous plan and a FAILED run, and does not stop the others,
    whatever was wrong with it.
    """
    first, *others = days
    author = Author(AuthorKind(kind), "optimizer", cause, "worker")
    try:
        optimize_day(date.fromisoformat(first), [UUID(one) for one in region_ids], author=author)
    except (SiblingUnavailable, ContentionNotResolved) as error:
        logger.warning("date_not_optimized", day=first, reason=error.message)
    finally:
        if others:
            optimize_cluster_task.delay(others, region_ids, kind, cause)


@shared_task(
    name=OPTIMIZE_REGION_TASK,
    autoretry_for=(SiblingUnavailable, ContentionNotResolved),
    max_retries=3,
    retry_backoff=5,
)
def optimize_region_task(day: str, region_id: str) -> None:
    wanted.started(date.fromisoformat(day), UUID(region_id))
    author = Author(AuthorKind.OPTIMIZATION, "optimizer", "a departure came in", "worker")
    optimize_day(date.fromisoformat(day), [UUID(region_id)], author=author)


@shared_task(
    name="optimization.optimize_horizon",
    autoretry_for=(SiblingUnavailable,),
    max_retries=5,
    retry_backoff=30,
)
def optimize_horizon_task() -> None:
    """The night: every date of the horizon, the clusters side by side."""
    today = timezone.now().date()
    days = [str(today + timedelta(days=n)) for n in range(1, settings.PLANNING_HORIZON_DAYS + 1)]
    for cluster in clusters_of(take_planning_snapshot(today + timedelta(days=1), None)):
        regions = sorted(map(str, cluster))
        optimize_cluster_task.delay(days, regions, AuthorKind.NIGHTLY_OPTIMIZATION.value, f"night of {today}")
