"""The queue of reservations that wait for a place, and when each is tried again."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from novatrek_scheduling.queue import enqueue
from scheduling.domain.limits import ONE_DAY
from scheduling.models import Reservation

PLACE_TASK = "scheduling.place_reservation"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
LONGEST_DOUBLED = 10
MAX_SWEPT = 500


def queue_placement(reservation_id: UUID) -> None:
    """Have a worker find a place once the transaction commits; the sweeper queues what was lost."""
    enqueue(PLACE_TASK, str(reservation_id))


def waiting_reservations(today: date) -> QuerySet[Reservation]:
    """Return the reservations that wait for a place on a date that is not over: then nobody tries any more."""
    return Reservation.objects.waiting().filter(trip_date__gte=today - ONE_DAY)


def sweep_reservations(now: datetime, *, older_than: timedelta) -> int:
    """Queue again the reservations that wait, recorded more than `older_than` ago and due, and return their number.

    Those that were never tried come first, then those that were due first.
    """
    is_due = Q(try_again_at=None) | Q(try_again_at__lte=now)
    due = waiting_reservations(now.date()).filter(is_due, recorded_at__lt=now - older_than)
    ordered = due.order_by(F("try_again_at").asc(nulls_first=True), "recorded_at")
    reservation_ids = list(ordered.values_list("pk", flat=True)[:MAX_SWEPT])
    for reservation_id in reservation_ids:
        queue_placement(reservation_id)
    return len(reservation_ids)


def note_try(reservation_id: UUID, now: datetime) -> None:
    """Note a try that found no place: the next one comes after a pause that doubles each time, up to an hour."""
    waiting = Reservation.objects.waiting().filter(pk=reservation_id)
    tries = waiting.values_list("tries", flat=True).first()
    if tries is not None:
        pause = min(FIRST_PAUSE * 2 ** min(tries, LONGEST_DOUBLED), LONGEST_PAUSE)
        waiting.update(tries=min(tries, LONGEST_DOUBLED) + 1, try_again_at=now + pause)
