"""Working through a night: the next date of a cluster, and what keeps the night going whatever is lost."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.utils import timezone

from events.models import DeadLetter
from novatrek_scheduling.queue import send_task
from optimization.days.dead_letters import record_failed_optimization
from optimization.days.queue import QUEUE
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
    regions = [UUID(region_id) for region_id in claim.region_ids]
    try:
        optimized = optimize_day(claim.day, regions, author=author)
    except SiblingUnavailable as silent:
        logger.warning("date_not_optimized", day=str(claim.day), reason=silent.message)
        return postpone_date(claim, silent.message)
    except ContentionNotResolved as contention:
        logger.warning("date_not_optimized", day=str(claim.day), reason=contention.message)
        record_failed_optimization(claim.day, regions, author, contention)
        fail_date(claim, contention.message)
        return None
    complete_date(claim, run_id=optimized.run.pk, is_joined=optimized.is_joined)
    return None


def replay_night(_: DeadLetter) -> None:
    """Have another night planned now, over the dates that are still to come."""
    # At once, not after the commit: with the queue away the dead letter stays open, and a night too many does no harm.
    send_task(HORIZON_TASK, queue=QUEUE)
