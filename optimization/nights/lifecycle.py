"""The night: every date of the horizon, the clusters side by side, a cluster's dates one after another.

The tables are the truth, the queue is a hint: each date is claimed by a row, and what nobody has in hand is
queued again by the sweeper. Whoever finishes the last date closes the night, once, with its summary.
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
    """The night with this id, over the dates after `now`, or the one that is under way.

    The same message twice is the same night. One that is still under way from an earlier date is given up:
    its dates are those of this one.
    """
    if known := Night.objects.filter(pk=night_id).first():
        return known
    first = now.date() + timedelta(days=1)
    last = first + timedelta(days=settings.PLANNING_HORIZON_DAYS - 1)
    for stale in Night.objects.filter(status=Night.Status.RUNNING, first_day__lt=first):
        give_up_night(stale, "the next night began before it was done")
    try:
        with transaction.atomic():
            return Night.objects.create(pk=night_id, first_day=first, last_day=last, started_at=now)
    except IntegrityError:
        under_way = Night.objects.get(Q(status=Night.Status.RUNNING) | Q(pk=night_id))
        logger.info("night_joined", night_id=str(under_way.pk))
        return under_way


def lay_out(night: Night) -> int:
    """Store what the night has to do, and queue its clusters; returns how many there are.

    Raises SiblingUnavailable where nobody says which guides work in which regions.
    """
    if not night.dates.exists():
        clusters = clusters_of(take_planning_snapshot(night.first_day, None))
        _store_dates(night, [sorted(map(str, cluster)) for cluster in clusters])
    clusters_stored = sorted(set(night.dates.exclude(status__in=NightDate.DONE).values_list("cluster", flat=True)))
    for cluster in clusters_stored:
        queue_cluster(night.pk, cluster)
    return len(clusters_stored)


@transaction.atomic
def _store_dates(night: Night, clusters: Sequence[list[str]]) -> None:
    # Two that lay out the same night: the second finds it done. Their clusters need not be the same.
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
    """Queue the cluster's next date once the transaction commits. The sweeper queues what the queue lost."""
    enqueue(CLUSTER_TASK, str(night_id), cluster, queue=QUEUE, delay=delay)


@transaction.atomic
def give_up_night(night: Night, error: str) -> None:
    """Close a night that cannot be finished; what it had not planned stays as it was, and operations is told."""
    if Night.objects.filter(pk=night.pk, status=Night.Status.RUNNING).update(
        status=Night.Status.FAILED, completed_at=timezone.now(), error=error
    ):
        left = night.dates.exclude(status__in=NightDate.DONE)
        missing = sorted({str(day) for day in left.values_list("schedule_date", flat=True)})
        record_dead_letter(
            source=DEAD_LETTER_SOURCE,
            reason=f"The night was not finished: {error}.",
            key=night.first_day.isoformat(),
            payload={"night_id": str(night.pk), "dates_not_planned": missing, "guide_names": []},
        )
