"""The life cycle of a night: every date of the horizon, clusters in parallel, a cluster's dates one after another.

The tables are authoritative, the queue is a hint: each date is claimed by its row, and dates that no worker holds are
queued again by the sweeper. The worker that finishes the last date closes the night, once, with its summary.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from events.dead_letters import record_dead_letter
from novatrek_scheduling.queue import enqueue
from optimization.days.clusters import clusters_of
from optimization.days.queue import QUEUE
from optimization.days.services import take_planning_snapshot
from optimization.models import Night, NightDate

logger = structlog.get_logger(__name__)

CLUSTER_TASK = "optimization.optimize_night_cluster"
DEAD_LETTER_SOURCE = "nights"


def begin_night(night_id: UUID, now: datetime) -> Night:
    """Begin the night with this id, over the dates after `now`, or return the one that is under way.

    The same message twice begins one night. A night still under way from an earlier date is failed: this one covers
    its remaining dates.
    """
    if existing := Night.objects.filter(pk=night_id).first():
        return existing
    first = now.date() + timedelta(days=1)
    last = first + timedelta(days=settings.PLANNING_HORIZON_DAYS - 1)
    for stale in Night.objects.filter(status=Night.Status.RUNNING, first_day__lt=first):
        fail_night(stale, "the next night began before it was done")
    try:
        with transaction.atomic():
            return Night.objects.create(pk=night_id, first_day=first, last_day=last, started_at=now)
    except IntegrityError:
        under_way = Night.objects.get(Q(status=Night.Status.RUNNING) | Q(pk=night_id))
        logger.info("night_joined", night_id=str(under_way.pk))
        return under_way


def schedule_dates(night: Night) -> int:
    """Store the dates of the night for each cluster, queue the clusters, and return how many there are.

    Raises SiblingUnavailable where the regions and guides, which make the clusters, cannot be read.
    """
    if not night.dates.exists():
        clusters = clusters_of(take_planning_snapshot(night.first_day, None))
        _store_dates(night, [sorted(map(str, cluster)) for cluster in clusters])
    open_clusters = sorted(set(night.dates.exclude(status__in=NightDate.DONE).values_list("cluster", flat=True)))
    for cluster in open_clusters:
        queue_cluster(night.pk, cluster)
    return len(open_clusters)


@transaction.atomic
def _store_dates(night: Night, clusters: Sequence[list[str]]) -> None:
    # The row lock: of two workers that schedule the same night, whose clusters may differ, the second finds it done.
    Night.objects.select_for_update().get(pk=night.pk)
    if night.dates.exists():
        return
    days = [night.first_day + timedelta(days=n) for n in range((night.last_day - night.first_day).days + 1)]
    NightDate.objects.bulk_create(
        NightDate(night=night, cluster=number, schedule_date=day, region_ids=region_ids)
        for number, region_ids in enumerate(clusters)
        for day in days
    )


def queue_cluster(night_id: UUID, cluster: int, *, delay: timedelta = timedelta()) -> None:
    """Queue the cluster's next date once the transaction commits. The sweeper requeues lost messages."""
    enqueue(CLUSTER_TASK, str(night_id), cluster, queue=QUEUE, delay=delay)


@transaction.atomic
def fail_night(night: Night, error: str) -> None:
    """Fail a night that cannot be finished; unplanned dates keep their plans, and a dead letter alerts operations."""
    if Night.objects.filter(pk=night.pk, status=Night.Status.RUNNING).update(
        status=Night.Status.FAILED, completed_at=timezone.now(), error=error
    ):
        unplanned = night.dates.exclude(status__in=NightDate.DONE)
        days = sorted({str(day) for day in unplanned.values_list("schedule_date", flat=True)})
        record_dead_letter(
            source=DEAD_LETTER_SOURCE,
            reason=f"The night was not finished: {error}.",
            key=night.first_day.isoformat(),
            payload={"night_id": str(night.pk), "dates_not_planned": days, "guide_names": []},
        )
