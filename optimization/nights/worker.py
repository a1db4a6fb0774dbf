"""The worker of a night: it plans the next date of a cluster and queues the one after it."""

import threading
from datetime import timedelta
from uuid import UUID

import structlog

from events.models import DeadLetter
from novatrek_scheduling.company_time import earliest_today
from novatrek_scheduling.queue import send_task
from optimization.days.dead_letters import record_failed_optimization
from optimization.days.queue import QUEUE
from optimization.days.reading import RunReading
from optimization.days.services import optimize_day
from optimization.models import Night
from optimization.nights.claims import NightClaim, claim_next, complete_date, fail_date, postpone_date
from optimization.nights.lifecycle import queue_cluster
from optimization.nights.summary import close_night
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.errors import ContentionNotResolved
from scheduling.models import ClaimLost
from scheduling.siblings.errors import SiblingUnavailable

logger = structlog.get_logger(__name__)

_thread = threading.local()
"""The night that this process works on, and its reading: the night's messages come one by one."""

HORIZON_TASK = "optimization.optimize_horizon"
# A message unanswered for this long is taken for lost; a surplus message does no harm.
REQUEUE_AFTER = timedelta(minutes=1)
# A worker may not have received beat's latest message yet, and beat records its sending with a delay.
LOST_AFTER, FORGOTTEN_AFTER = timedelta(minutes=5), timedelta(hours=6)
# A night is failed once the regions and guides have been unknown for this long.
GIVE_UP_AFTER = timedelta(hours=6)


def work_on_cluster(night_id: UUID, cluster: int) -> None:
    """Plan the cluster's next date and queue the one after it; the last of all closes the night.

    A date that could not be planned keeps its previous plan and does not stop the others, whatever the error.
    """
    claim = claim_next(night_id, cluster)
    if claim is None:
        _forget_reading()
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
    """Plan the claimed date; return the delay where it is postponed, else None."""
    if claim.day < earliest_today():
        fail_date(claim, "the date was over before its turn came")
        return None
    cause = f"night of {night.started_at.date()}"
    author = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", cause, "worker")
    regions = [UUID(region_id) for region_id in claim.region_ids]
    reading = _reading_of(night)
    try:
        with reading.planning():
            # Where the dates cannot be read together, this one is read by itself, and its run says what is missing.
            snapshot = reading.shared_snapshot_of(claim.day)
            led = reading.departures_led() if snapshot else None
            optimized = optimize_day(claim.day, regions, author=author, snapshot=snapshot, led=led)
    except SiblingUnavailable as unavailable:
        logger.warning("date_not_optimized", day=str(claim.day), reason=unavailable.message)
        return postpone_date(claim, unavailable.message)
    except ContentionNotResolved as contention:
        logger.warning("date_not_optimized", day=str(claim.day), reason=contention.message)
        record_failed_optimization(claim.day, regions, author, contention)
        fail_date(claim, contention.message)
        return None
    complete_date(claim, run_id=optimized.run.pk, is_joined=optimized.is_joined)
    return None


def _reading_of(night: Night) -> RunReading:
    """Return what this process has read of the night, and forget what it had read of another."""
    if getattr(_thread, "night_id", None) != night.pk:
        days = (night.last_day - night.first_day).days + 1
        _thread.night_id = night.pk
        _thread.reading = RunReading([night.first_day + timedelta(days=n) for n in range(days)])
    reading: RunReading = _thread.reading
    return reading


def _forget_reading() -> None:
    _thread.__dict__.clear()


def replay_night(_: DeadLetter) -> None:
    """Queue another night now, over the dates that are still to come."""
    # At once, not on commit: without a queue the dead letter stays open, and a surplus night does no harm.
    send_task(HORIZON_TASK, queue=QUEUE)
