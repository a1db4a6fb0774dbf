"""Reservations, recorded from their events, and the seats they take on departures.

The table is the record of the events; a departure's `reservations` follow it. A cancelled reservation stays in the
table for good, so that a late or replayed "created" meets a cancelled one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from novatrek_scheduling.queue import enqueue
from scheduling import hooks
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_aliases import announce_to_catalog
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.daily_schedules.writer import Draft, write_daily_schedules
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.limits import ONE_DAY
from scheduling.hazards import relate_to_reservation
from scheduling.models import Reservation, ReservationStatus

PLACE_TASK = "scheduling.place_reservation"


@dataclass(frozen=True, slots=True)
class Booking:
    """A reservation as its event has it, at `event_time` (aware). `trip_date` None: the event names no date."""

    reservation_id: UUID
    trip_id: UUID
    trip_date: date | None
    participant_count: int
    event_time: datetime

    @property
    def details(self) -> dict[str, Any]:
        return {
            "trip_id": self.trip_id,
            "trip_date": self.trip_date,
            "participant_count": self.participant_count,
        }


@dataclass(frozen=True, slots=True)
class NewDeparture:
    """A departure to create for a reservation, if its trip still has none. `is_ours`: the catalog lacks it."""

    departure_id: UUID
    departure: Departure
    is_ours: bool


@transaction.atomic
def record_booking(booking: Booking) -> Reservation:
    """Store a reservation and seat its guests. Raises ContentionNotResolved.

    A reservation without a date is stored only. Where the date has no departure of the trip yet, a task creates one
    after the commit. A cancelled reservation stays cancelled, and an older event changes nothing.
    """
    Reservation.objects.lock(booking.reservation_id)
    reservation, is_new = Reservation.objects.select_for_update().get_or_create(
        pk=booking.reservation_id,
        defaults=booking.details | {"status": ReservationStatus.ACTIVE, "event_time": booking.event_time},
    )
    if is_new or _update_from(reservation, booking):
        _seat(reservation)
    return reservation


@transaction.atomic
def cancel_reservation(reservation_id: UUID, *, event_time: datetime) -> Reservation:
    """Cancel a reservation for good and free its seats; one without an earlier event is stored as cancelled.

    `event_time` is the aware instant of the event. Raises ContentionNotResolved.
    """
    reservation, is_new = Reservation.objects.select_for_update().get_or_create(
        pk=reservation_id, defaults={"status": ReservationStatus.CANCELLED, "event_time": event_time}
    )
    if not is_new and reservation.status == ReservationStatus.ACTIVE:
        _leave_departure(reservation)
        _update(reservation, status=ReservationStatus.CANCELLED, departure_id=None, event_time=event_time)
    return reservation


def take_seats(reservation: Reservation, new_departure: NewDeparture | None = None) -> bool:
    """Put an active, dated reservation on a departure of its trip, or on `new_departure` where there is none.

    Call it in the transaction that locked the reservation and holds its row. Return False where there is no departure
    for it.
    """
    if reservation.trip_date is None:
        return False
    seating = _Seating(reservation, reservation.trip_date, new_departure)
    author = _author("reservation.created", reservation)
    write_daily_schedules([seating.day], seating.edit, author=author, after_write=seating.after_write)
    return seating.departure_id is not None


def departure_for(reservation: Reservation, departures: Mapping[UUID, Departure]) -> UUID | None:
    """Return the departure that a reservation is on; else the earliest of its trip with room, else the earliest.

    A departure that is under way or cancelled is chosen only where the trip has no other.
    """
    of_trip = [key for key, departure in departures.items() if departure.trip_id == reservation.trip_id]

    def preference(key: UUID) -> tuple[bool, bool, bool, bool, datetime, UUID]:
        departure = departures[key]
        has_room = departure.participants + reservation.participant_count <= departure.capacity
        return (
            reservation.pk not in departure.reservations,
            departure.status is DepartureStatus.CANCELLED,
            not departure.is_open_to_planning,
            not has_room,
            departure.starts_at,
            key,
        )

    return min(of_trip, key=preference, default=None)


def move_reservations(old: UUID, new: UUID, day: date) -> None:
    """Move the reservations of departure `old` to `new`, of `day`; in the transaction that moves the documents'."""
    Reservation.objects.filter(departure_id=old).update(departure_id=new, trip_date=day)


def unplaced_reservations(today: date) -> QuerySet[Reservation]:
    """Return the reservations that wait for a departure: active, on none, with a date that is not over."""
    return Reservation.objects.filter(
        status=ReservationStatus.ACTIVE, departure_id=None, trip_id__isnull=False, trip_date__gte=today - ONE_DAY
    )


def queue_placement(reservation_id: UUID) -> None:
    """Have a worker create the departure once the transaction commits; the sweeper queues what was lost."""
    enqueue(PLACE_TASK, str(reservation_id))


@dataclass(slots=True)
class _Seating:
    """One reservation's edit of its date, and the records that follow from it in the same transaction."""

    reservation: Reservation
    day: date
    new_departure: NewDeparture | None
    departure_id: UUID | None = None
    is_created: bool = False

    def edit(self, drafts: Mapping[date, Draft]) -> None:
        departures = drafts[self.day].document.departures
        departure_id = departure_for(self.reservation, departures)
        self.is_created = departure_id is None and self.new_departure is not None
        if self.is_created and self.new_departure:
            departure_id = self.new_departure.departure_id
            departures[departure_id] = self.new_departure.departure.model_copy(deep=True)
        self.departure_id = departure_id
        if departure_id:
            departures[departure_id].reservations[self.reservation.pk] = self.reservation.participant_count
            departures[departure_id].count_participants()

    def after_write(self, changes: Mapping[date, Change]) -> None:
        if self.departure_id is None:
            return
        _update(self.reservation, departure_id=self.departure_id)
        if self.is_created and self.new_departure:
            departure = changes[self.day].after.departures[self.departure_id]
            if self.new_departure.is_ours:
                announce_to_catalog(self.departure_id, departure, self.day)
            hooks.optimization_requested(self.day, departure.region_id)
        relate_to_reservation(self.reservation)


def _update_from(reservation: Reservation, booking: Booking) -> bool:
    """Update the reservation from a later event, and return whether its guests have to be seated again."""
    if reservation.status == ReservationStatus.CANCELLED:
        if reservation.trip_id is None:
            _update(reservation, **booking.details)
        return False
    if booking.event_time <= reservation.event_time:
        return False
    if (reservation.trip_id, reservation.trip_date) != (booking.trip_id, booking.trip_date):
        _leave_departure(reservation)
        reservation.departure_id = None
    _update(reservation, **booking.details, departure_id=reservation.departure_id, event_time=booking.event_time)
    return True


def _seat(reservation: Reservation) -> None:
    if reservation.trip_date is None or take_seats(reservation):
        return
    if reservation.trip_date >= timezone.now().date() - ONE_DAY:
        queue_placement(reservation.pk)


def _leave_departure(reservation: Reservation) -> None:
    day = _day_of(reservation)
    if day is None:
        return

    def edit(drafts: Mapping[date, Draft]) -> None:
        for departure in drafts[day].document.departures.values():
            if departure.reservations.pop(reservation.pk, None) is not None:
                departure.count_participants()

    write_daily_schedules([day], edit, author=_author("reservation.status_changed", reservation))


def _day_of(reservation: Reservation) -> date | None:
    """The date of the departure that the reservation is on: its own, unless the departure was moved."""
    if reservation.departure_id is None:
        return None
    return dates_of([reservation.departure_id]).get(reservation.departure_id)


def _author(event_type: str, reservation: Reservation) -> Author:
    return Author(AuthorKind.EVENT, event_type, cause=f"reservation {reservation.pk}")


def _update(reservation: Reservation, **values: Any) -> None:
    for name, value in values.items():
        setattr(reservation, name, value)
    reservation.save(update_fields=list(values))
