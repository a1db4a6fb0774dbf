"""Recovery of nights: requeue what no worker holds, close what is done, restart what was lost."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django_celery_beat.models import PeriodicTask

from novatrek_scheduling.queue import QueueUnavailable, send_task
from optimization.days.queue import QUEUE
from optimization.models import Night, NightDate
from optimization.nights.claims import DONE, MAX_ATTEMPTS
from optimization.nights.lifecycle import begin_night, give_up_night, queue_cluster
from optimization.nights.summary import close_night
from optimization.nights.worker import FORGOTTEN_AFTER, HORIZON_TASK, LONGEST_WAIT, LOST_AFTER, PATIENCE, logger


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
    lapsed = night.dates.filter(status=NightDate.Status.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)
    lapsed.update(status=NightDate.Status.FAILED, lease_until=None, error=f"{MAX_ATTEMPTS} attempts ended unfinished")
    if close_night(night.pk):
        return 0
    waiting = [one for one in _next_of_each_cluster(night) if _is_waiting(one, now)]
    for one in waiting:
        NightDate.objects.filter(pk=one.pk).update(queued_at=now)
        queue_cluster(night.pk, one.cluster)
    return len(waiting)


def _next_of_each_cluster(night: Night) -> list[NightDate]:
    unfinished = night.dates.exclude(status__in=DONE)
    return list(unfinished.order_by("cluster", "schedule_date").distinct("cluster"))


def _is_waiting(one: NightDate, now: datetime) -> bool:
    in_hand = one.lease_until is not None and one.lease_until >= now
    return not in_hand and one.not_before <= now and one.queued_at <= now - PATIENCE


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
