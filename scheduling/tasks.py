"""Work of this app that nobody waits for. A task takes ids, may run twice, and leaves the deciding to others."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from scheduling.daily_schedules.lifecycle import advance_departures
from scheduling.errors import ContentionNotResolved
from scheduling.reservations.placement import place_reservation, sweep_reservations
from scheduling.reservations.seating import PLACE_TASK
from scheduling.siblings import SiblingUnavailable

# By then its own task has run, if it was not lost.
UNPLACED_FOR = timedelta(seconds=60)


@shared_task(name="scheduling.advance_departures", soft_time_limit=50, time_limit=60)
def advance_departures_task() -> None:
    """Departures that have started are under way, those that are over completed."""
    advance_departures(timezone.now())


@shared_task(
    name=PLACE_TASK,
    autoretry_for=(SiblingUnavailable, ContentionNotResolved),
    retry_backoff=2,
    max_retries=3,
    soft_time_limit=30,
    time_limit=40,
)
def place_reservation_task(reservation_id: str) -> None:
    """Make the departure that a reservation waits for."""
    place_reservation(UUID(reservation_id))


@shared_task(name="scheduling.sweep_reservations", soft_time_limit=50, time_limit=60)
def sweep_reservations_task() -> None:
    """Queue what waits for a departure although its task should have made one."""
    sweep_reservations(timezone.now(), older_than=UNPLACED_FOR)
