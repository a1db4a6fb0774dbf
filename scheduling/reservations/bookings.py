"""Reservations as their events report them.

The latest event decides the status, the latest "created" trip, date and count: events may arrive late, twice and in any
order. A cancelled reservation stays in the table, so that an older "created" meets a cancelled one.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from scheduling.domain.limits import ONE_DAY
from scheduling.models import Reservation, ReservationStatus
from scheduling.reservations.placement_queue import queue_placement
from scheduling.reservations.seating import take_seats

REMEMBERED_FOR = 30 * ONE_DAY
"""How long after the date that they booked guests may still be on a departure that was moved."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A reservation as its event has it, at `event_time` (aware). `trip_date` None: the event names no date.

    `guest_id` None: the guest has no profile.
    """

    reservation_id: UUID
    trip_id: UUID
    trip_date: date | None
    participant_count: int
    event_time: datetime
    guest_id: UUID | None = None

    @property
    def details(self) -> dict[str, Any]:
        return {
            "trip_id": self.trip_id,
            "trip_date": self.trip_date,
            "participant_count": self.participant_count,
            "booked_at": self.event_time,
            **({"guest_id": self.guest_id} if self.guest_id else {}),
        }


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A change of a reservation's status at `event_time` (aware): to or from cancelled, or neither."""

    reservation_id: UUID
    was_cancelled: bool
    is_cancelled: bool
    event_time: datetime

    @property
    def status(self) -> ReservationStatus:
        return ReservationStatus.CANCELLED if self.is_cancelled else ReservationStatus.ACTIVE


@transaction.atomic
def record_booking(booking: Booking) -> Reservation:
    """Store a reservation and seat its guests. Raises ContentionNotResolved.

    A reservation without a date is stored only. Where the date has no departure of the trip yet, a task creates one
    after the commit. A cancelled reservation is active again where it was created later than it was cancelled.
    """
    Reservation.objects.lock(booking.reservation_id)
    reservation, is_new = Reservation.objects.select_for_update().get_or_create(
        pk=booking.reservation_id,
        defaults=booking.details | {"status": ReservationStatus.ACTIVE, "event_time": booking.event_time},
    )
    values = {} if is_new else _news(reservation, booking)
    if is_new or values:
        trip_and_date = (booking.trip_id, booking.trip_date)
        must_move = "trip_id" in values and (reservation.trip_id, reservation.trip_date) != trip_and_date
        _seat(reservation, must_move=must_move, **values)
    return reservation


def forget_guests(today: date) -> int:
    """Forget who the guests of past dates were: there is nothing left to tell them. Returns how many."""
    over = Reservation.objects.filter(trip_date__lt=today - REMEMBERED_FOR, guest_id__isnull=False)
    return over.update(guest_id=None)


@transaction.atomic
def change_status(change: StatusChange) -> Reservation | None:
    """Free the seats of a reservation that is cancelled, and seat the guests of one that is reinstated.

    An event that is older than the latest changes nothing; of two at the same instant the one that arrives later
    counts. Of an unknown reservation the status is stored, if it comes from or to cancelled: its "created" may be late.
    Raises ContentionNotResolved.
    """
    Reservation.objects.lock(change.reservation_id)
    reservation = Reservation.objects.select_for_update().filter(pk=change.reservation_id).first()
    if reservation is None:
        if change.was_cancelled or change.is_cancelled:
            return Reservation.objects.create(
                pk=change.reservation_id, status=change.status, event_time=change.event_time
            )
        return None
    if change.event_time >= reservation.event_time:
        _seat(reservation, status=change.status, event_time=change.event_time)
    return reservation


def _news(reservation: Reservation, booking: Booking) -> dict[str, Any]:
    """The fields of a reservation for which this "created" is the latest event."""
    values: dict[str, Any] = {}
    if reservation.booked_at is None or booking.event_time > reservation.booked_at:
        values |= booking.details
    if booking.event_time > reservation.event_time:
        values |= {"status": ReservationStatus.ACTIVE, "event_time": booking.event_time}
    return values


def _seat(reservation: Reservation, *, must_move: bool = False, **values: Any) -> None:
    has_place = take_seats(reservation, must_move=must_move, **values)
    is_waiting = reservation.status == ReservationStatus.ACTIVE and not has_place
    if is_waiting and reservation.trip_date and reservation.trip_date >= timezone.now().date() - ONE_DAY:
        queue_placement(reservation.pk)
