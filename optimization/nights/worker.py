"""Working through a night: the next date of a cluster, and what keeps the night going whatever is lost."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from celery import current_app
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import OperationalError

from events.models import DeadLetter
from optimization.days.dead_letters import give_up_optimization
from optimization.days.services import optimize_day
from optimization.models import Night, NightDate
from optimization.nights.lifecycle import (
    DONE,
    MAX_ATTEMPTS,
    ClaimLost,
    NightClaim,
    begin_night,
    claim_next,
    complete_date,
    fail_date,
    give_up_night,
    postpone_date,
    queue_cluster,
)
from optimization.nights.summary import close_night
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.errors import ContentionNotResolved
from scheduling.siblings.errors import SiblingUnavailable

logger = structlog.get_logger(__name__)

HORIZON_TASK = "optimization.optimize_horizon"
# A message that long unanswered is taken for lost; one too many does no harm.
PATIENCE = timedelta(minutes=1)
# Beat may have sent what no worker has come to yet, and writes down what it sent a little later.
LOST_AFTER, FORGOTTEN_AFTER = timedelta(minutes=5), timedelta(hours=6)
# So long the regions and guides may be unknown before a night is given up.
LONGEST_WAIT = timedelta(hours=6)


def work_on_cluster(night_id: UUID, cluster: int) -> None:
    """Plan the cluster's next date and queue the one after it; the last of all closes the night.

    A date that could not be planned keeps its previous plan and does not stop the others, whatever was wrong
    with it.
    """
    claim = claim_next(night_id, cluster)
    if claim is None:
        return
    delay = timedelta()
    try:
        delay = _plan(claim, Night.objects.get(pk=night_id)) or delay
    except ClaimLost:
        logger.warning("night_date_in_other_hands", night_id=str(night_id), day=str(claim.day))
        return
    except Exception as error:
        fail_date(claim, f"{type(error).__name__}: {error}")
        raise
    finally:
        if not close_night(night_id):
            queue_cluster(night_id, cluster, delay=delay)


def _plan(claim: NightClaim, night: Night) -> timedelta | None:
    """Plan the claimed date; returns how long to wait where it has to be asked for again."""
    if claim.day < timezone.now().date():
        fail_date(claim, "the date was over before its turn came")
        return None
    cause = f"night of {night.started_at.date()}"
    author = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", cause, "worker")
    regions = [UUID(one) for one in claim.region_ids]
    try:
        optimized = optimize_day(claim.day, regions, author=author)
    except SiblingUnavailable as silent:
        logger.warning("date_not_optimized", day=str(claim.day), reason=silent.message)
        return postpone_date(claim, silent.message)
    except ContentionNotResolved as contention:
        logger.warning("date_not_optimized", day=str(claim.day), reason=contention.message)
        give_up_optimization(claim.day, regions, author, contention)
        fail_date(claim, contention.message)
        return None
    complete_date(claim, run_id=optimized.run.pk, is_joined=optimized.is_joined)
    return None


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
    return _send_horizon([str(night.pk)])


def _send_horizon(arguments: list[str]) -> int:
    try:
        current_app.send_task(HORIZON_TASK, args=arguments, queue="optimization", retry=False)
    except OperationalError as error:
        logger.warning("night_not_queued", error=str(error))
        return 0
    return 1


def replay_night(_: DeadLetter) -> None:
    """Have another night planned now, over the dates that are still to come."""
    # At once, not after the commit: with the queue away the dead letter stays open, and a night too many does no harm.
    current_app.send_task(HORIZON_TASK, queue="optimization", retry=False)
