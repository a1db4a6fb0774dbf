"""The Celery tasks of conflicts."""

from collections.abc import Iterable
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from conflicts.models import ScheduleConflict
from conflicts.monitoring.monitor import run_pass
from conflicts.resolution.acceptance import reopen_expired
from conflicts.resolution.deliveries import settle_resolutions
from conflicts.resolution.option_search import compute_options, conflicts_without_options
from conflicts.resolution.shared_reading import SharedReading
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.queue import enqueue

OPTIONS_TASK = "conflicts.compute_options"
SEARCHING_SECONDS = 45.0
"""How long one message has options searched: what its conflicts share was read at most so long ago."""
LAST_SECONDS = 30
"""How long a pass that is told to end may take for that."""


@shared_task(name=OPTIONS_TASK, acks_late=True)
def compute_options_task(conflict_ids: list[str]) -> None:
    """Compute the options of new conflicts that are still open, with what they read in common read once.

    Those for which no time is left, or whose common reading is too old by then, are queued again.
    """
    conflicts = list(ScheduleConflict.objects.open().filter(pk__in=conflict_ids).order_by("pk"))
    shared = SharedReading(_departures_alone(conflicts))
    seconds, deadline = settings.SNAPSHOT_DEADLINE_SECONDS["worker"], Deadline.after(SEARCHING_SECONDS)
    for searched, conflict in enumerate(conflicts):
        if deadline.has_passed:
            enqueue(OPTIONS_TASK, [str(left.pk) for left in conflicts[searched:]])
            return
        compute_options(conflict, deadline_seconds=seconds, shared=shared)


def _departures_alone(conflicts: Iterable[ScheduleConflict]) -> frozenset[UUID]:
    """Return the departures that have a conflict of their own; of one about many, options change few."""
    return frozenset(
        key for conflict in conflicts if len(conflict.departure_ids) == 1 for key in conflict.departure_ids
    )


@shared_task(name="conflicts.reopen_expired", acks_late=True)
def reopen_expired_task() -> None:
    """Reopen the conflicts whose accepted risk nobody answers for any more."""
    reopen_expired(timezone.now())


@shared_task(name="conflicts.refresh_options", acks_late=True)
def refresh_options_task() -> None:
    """Compute the options that were never searched, and those that are stored in an earlier form."""
    compute_options_task([str(conflict.pk) for conflict in conflicts_without_options()])


@shared_task(name="conflicts.settle_resolutions", acks_late=True)
def settle_resolutions_task() -> None:
    """Complete the resolutions whose messages are delivered by now."""
    settle_resolutions()


@shared_task(
    name="conflicts.monitor",
    acks_late=True,
    soft_time_limit=settings.MONITOR_TIME_LIMIT_SECONDS,
    time_limit=settings.MONITOR_TIME_LIMIT_SECONDS + LAST_SECONDS,
)
def monitor_task() -> None:
    """Make a pass of the monitors, unless one is under way."""
    run_pass()
