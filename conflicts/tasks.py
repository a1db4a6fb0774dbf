"""The Celery tasks of conflicts."""

from celery import shared_task
from django.conf import settings

from conflicts.models import ScheduleConflict
from conflicts.resolution.deliveries import settle_resolutions
from conflicts.resolution.option_search import compute_options


@shared_task(name="conflicts.compute_options", acks_late=True)
def compute_options_task(conflict_ids: list[str]) -> None:
    """Compute the options of new conflicts that are still open."""
    for conflict in ScheduleConflict.objects.open().filter(pk__in=conflict_ids).order_by("pk"):
        compute_options(conflict, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["worker"])


@shared_task(name="conflicts.settle_resolutions", acks_late=True)
def settle_resolutions_task() -> None:
    """Complete the resolutions whose messages are delivered by now."""
    settle_resolutions()
