"""Recovery of nights: requeue what no worker holds, close what is done, restart what was lost."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django_celery_beat.models import PeriodicTask

from novatrek_scheduling.queue import QueueUnavailable, send_task
from optimization.days.queue import QUEUE
from optimization.models import Night, NightDate
from optimization.nights.lifecycle import begin_night, give_up_night, queue_cluster
from optimization.nights.summary import close_night
from optimization.nights.worker import FORGOTTEN_AFTER, HORIZON_TASK, LONGEST_WAIT, LOST_AFTER, PATIENCE, logger
from scheduling.models import MAX_ATTEMPTS


def sweep_nights(now: datetime) -> int:
    """Queue again what nobody has in hand, close what is done; returns how many messages were sent."""
    _begin_what_was_lost(now)
    return sum([_sweep(night, now) for night in Night.objects.filter(status=Night.Status.RUNNING)])


def _begin_what_was_lost(now: datetime) -> None:
    """Begin the night that beat sent a message for and no worker ever got: the queue was emptied."""
    sent = PeriodicTask.objects.filter(
        task=HORIZON_TASK, enabled=True, last_run_at__range=(now - FORGOTTEN_AFTER, now - LOST_AFTER)
    )
    for task in sent:
        if not Night.objects.filter(started_at__gte=task.last_run_at - PATIENCE).exists():
            logger.warning("night_message_lost", sent_at=task.last_run_at.isoformat())
            begin_night(uuid5(NAMESPACE_URL, f"{HORIZON_TASK}:{task.last_run_at.isoformat()}"), now)


def _sweep(night: Night, now: datetime) -> int:
    if not night.dates.exists():
        return _lay_out_again(night, now)
    night_dates = NightDate.objects.filter(night=night)
    night_dates.exhausted(now).update(
        status=NightDate.Status.FAILED, lease_until=None, error=f"{MAX_ATTEMPTS} attempts ended unfinished"
    )
    if close_night(night.pk):
        return 0
    next_dates = night_dates.exclude(status__in=NightDate.DONE).order_by("cluster", "schedule_date").distinct("cluster")
    in_turn = NightDate.objects.filter(pk__in=[night_date.pk for night_date in next_dates])
    abandoned = list(in_turn.abandoned(now, unclaimed_since=now - PATIENCE))
    for night_date in abandoned:
        NightDate.objects.filter(pk=night_date.pk).update(queued_at=now)
        queue_cluster(night.pk, night_date.cluster)
    return len(abandoned)


def _lay_out_again(night: Night, now: datetime) -> int:
    if night.started_at < now - LONGEST_WAIT:
        give_up_night(night, "nobody said which guides work in which regions")
        return 0
    if night.queued_at > now - PATIENCE:
        return 0
    Night.objects.filter(pk=night.pk).update(queued_at=now)
    try:
        send_task(HORIZON_TASK, str(night.pk), queue=QUEUE)
    except QueueUnavailable as error:
        logger.warning("night_not_queued", night_id=str(night.pk), error=error.message)
        return 0
    return 1
