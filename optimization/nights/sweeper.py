"""Recovery of nights: requeue dates that no worker holds, close finished nights, begin lost ones."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django_celery_beat.models import PeriodicTask

from novatrek_scheduling.queue import QueueUnavailable, send_task
from optimization.days.queue import QUEUE
from optimization.models import Night, NightDate
from optimization.nights.lifecycle import begin_night, fail_night, queue_cluster
from optimization.nights.summary import close_night
from optimization.nights.worker import FORGOTTEN_AFTER, GIVE_UP_AFTER, HORIZON_TASK, LOST_AFTER, REQUEUE_AFTER, logger
from scheduling.models import MAX_ATTEMPTS


def sweep_nights(now: datetime) -> int:
    """Requeue dates that no worker holds and close finished nights; return how many messages were sent."""
    _begin_lost_night(now)
    return sum([_sweep(night, now) for night in Night.objects.filter(status=Night.Status.RUNNING)])


def _begin_lost_night(now: datetime) -> None:
    """Begin the night whose message beat sent and no worker received: the queue was emptied."""
    sent = PeriodicTask.objects.filter(
        task=HORIZON_TASK, enabled=True, last_run_at__range=(now - FORGOTTEN_AFTER, now - LOST_AFTER)
    )
    for task in sent:
        if not Night.objects.filter(started_at__gte=task.last_run_at - REQUEUE_AFTER).exists():
            logger.warning("night_message_lost", sent_at=task.last_run_at.isoformat())
            begin_night(uuid5(NAMESPACE_URL, f"{HORIZON_TASK}:{task.last_run_at.isoformat()}"), now)


def _sweep(night: Night, now: datetime) -> int:
    if not night.dates.exists():
        return _schedule_dates_again(night, now)
    night_dates = NightDate.objects.filter(night=night)
    night_dates.exhausted(now).update(
        status=NightDate.Status.FAILED, lease_until=None, error=f"{MAX_ATTEMPTS} attempts ended unfinished"
    )
    if close_night(night.pk):
        return 0
    next_dates = night_dates.exclude(status__in=NightDate.DONE).order_by("cluster", "schedule_date").distinct("cluster")
    due_dates = NightDate.objects.filter(pk__in=[night_date.pk for night_date in next_dates])
    abandoned = list(due_dates.abandoned(now, unclaimed_since=now - REQUEUE_AFTER))
    for night_date in abandoned:
        NightDate.objects.filter(pk=night_date.pk).update(queued_at=now)
        queue_cluster(night.pk, night_date.cluster)
    return len(abandoned)


def _schedule_dates_again(night: Night, now: datetime) -> int:
    if night.started_at < now - GIVE_UP_AFTER:
        fail_night(night, "the regions and guides could not be read")
        return 0
    if night.queued_at > now - REQUEUE_AFTER:
        return 0
    Night.objects.filter(pk=night.pk).update(queued_at=now)
    try:
        send_task(HORIZON_TASK, str(night.pk), queue=QUEUE)
    except QueueUnavailable as error:
        logger.warning("night_not_queued", night_id=str(night.pk), error=error.message)
        return 0
    return 1
