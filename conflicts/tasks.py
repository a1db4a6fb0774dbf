"""What the conflicts app has Celery do."""

from celery import shared_task
from django.conf import settings

from conflicts.downstream import settle_resolutions
from conflicts.models import ScheduleConflict
from conflicts.searching import compute_options


@shared_task(name="conflicts.compute_options", acks_late=True, soft_time_limit=30, time_limit=45)
def compute_options_task(conflict_id: str) -> None:
    """Search the ways out of one conflict; one that is resolved meanwhile needs none."""
    conflict = ScheduleConflict.objects.open().filter(pk=conflict_id).first()
    if conflict is not None:
        compute_options(conflict, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["worker"])


@shared_task(name="conflicts.settle_resolutions", acks_late=True)
def settle_resolutions_task() -> None:
    """Complete the resolutions whose last messages siblings have got since."""
    settle_resolutions()
