"""The Celery tasks of conflicts."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from conflicts.models import ScheduleConflict
from conflicts.monitoring.monitor import run_pass
from conflicts.resolution.acceptance import reopen_expired
from conflicts.resolution.deliveries import settle_resolutions
from conflicts.resolution.option_search import compute_options, conflicts_without_options

MONITOR_SECONDS = 240
"""The longest time of a pass of the monitors, its reading included; what it stored by then stays."""


@shared_task(name="conflicts.compute_options", acks_late=True)
def compute_options_task(conflict_ids: list[str]) -> None:
    """Compute the options of new conflicts that are still open."""
    for conflict in ScheduleConflict.objects.open().filter(pk__in=conflict_ids).order_by("pk"):
        compute_options(conflict, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["worker"])


@shared_task(name="conflicts.reopen_expired", acks_late=True)
def reopen_expired_task() -> None:
    """Reopen the conflicts whose accepted risk nobody answers for any more."""
    reopen_expired(timezone.now())


@shared_task(name="conflicts.refresh_options", acks_late=True)
def refresh_options_task() -> None:
    """Compute the options that were never searched, and those that are stored in an earlier form."""
    for conflict in conflicts_without_options():
        compute_options(conflict, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["worker"])


@shared_task(name="conflicts.settle_resolutions", acks_late=True)
def settle_resolutions_task() -> None:
    """Complete the resolutions whose messages are delivered by now."""
    settle_resolutions()


@shared_task(name="conflicts.monitor", acks_late=True, soft_time_limit=MONITOR_SECONDS, time_limit=MONITOR_SECONDS + 30)
def monitor_task() -> None:
    """Make a pass of the monitors, unless one is under way."""
    run_pass()
