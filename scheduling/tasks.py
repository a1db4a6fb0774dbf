"""Celery tasks of this app. A task takes ids, is safe to run twice, and delegates to the use cases."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from scheduling.daily_schedules.lifecycle import advance_departures, refuse_skewed_clock
from scheduling.errors import ContentionNotResolved
from scheduling.reservations.bookings import forget_guests
from scheduling.reservations.placement import place_reservation
from scheduling.reservations.placement_queue import PLACE_TASK, sweep_reservations
from scheduling.siblings import SiblingUnavailable
from scheduling.siblings.last_good_rows import purge_past_answers

# By then the reservation's own task has run, unless its message was lost.
UNPLACED_FOR = timedelta(seconds=60)


@shared_task(name="scheduling.advance_departures", soft_time_limit=50, time_limit=60)
def advance_departures_task() -> None:
    """Set IN_PROGRESS on departures that have started, and COMPLETED on those that are over. Raises ClockSkewed."""
    now = timezone.now()
    refuse_skewed_clock(now)
    advance_departures(now)


@shared_task(
    name=PLACE_TASK,
    autoretry_for=(SiblingUnavailable, ContentionNotResolved),
    retry_backoff=2,
    max_retries=3,
    soft_time_limit=30,
    time_limit=40,
)
def place_reservation_task(reservation_id: str) -> None:
    """Find a place for a reservation that waits, on a departure or on one to create."""
    place_reservation(UUID(reservation_id))


@shared_task(name="scheduling.sweep_reservations", soft_time_limit=50, time_limit=60)
def sweep_reservations_task() -> None:
    """Queue again the reservations that wait for a place although their task should have found one."""
    sweep_reservations(timezone.now(), older_than=UNPLACED_FOR)


@shared_task(name="scheduling.forget_guests", soft_time_limit=50, time_limit=60)
def forget_guests_task() -> None:
    """Forget who the guests of past dates were."""
    forget_guests(timezone.now().date())


@shared_task(name="scheduling.purge_sibling_answers", soft_time_limit=50, time_limit=60)
def purge_sibling_answers_task() -> None:
    """Delete what siblings answered about dates that are over."""
    purge_past_answers(timezone.now().date())
