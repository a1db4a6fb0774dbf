"""Guests who wait for a place: the reservations that no departure takes, and the word of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Self
from uuid import UUID

from scheduling import hooks
from scheduling.daily_schedules.drafts import ensure_daily_schedule
from scheduling.domain.limits import ONE_DAY
from scheduling.domain.text import counted
from scheduling.models import Reservation, ReservationStatus
from scheduling.operations_notices import notify_operations

SOURCE = "reservations without a place"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The waiting of a reservation as it was at a moment: for which trip and date, how many guests, and why."""

    day: date
    trip_id: UUID
    guests: int
    reason: str

    @classmethod
    def of(cls, reservation: Reservation) -> Self | None:
        """Return a reservation's waiting, None where it has a place, needs none or the reason is not known yet."""
        is_waiting = reservation.status == ReservationStatus.ACTIVE and reservation.departure_id is None
        day, trip_id = reservation.trip_date, reservation.trip_id
        if not (is_waiting and reservation.unplaced_reason and day and trip_id):
            return None
        return cls(day, trip_id, reservation.participant_count, reservation.unplaced_reason)


def tell_of_waiting_guests(reservation: Reservation, before: Waiting | None) -> None:
    """Tell operations of guests who have no place, and have the lists judged on which they wait or waited.

    `before` is their waiting as it was. Call it in the transaction that changes it.
    """
    after = Waiting.of(reservation)
    if after == before:
        return
    if after:
        # A conflict belongs to a daily schedule, and nobody may have planned this date yet.
        ensure_daily_schedule(after.day)
        notify_operations(source=SOURCE, reason=_sentence(reservation, after), key=str(reservation.pk))
    for day, trip_id in sorted({(waiting.day, waiting.trip_id) for waiting in (before, after) if waiting}):
        hooks.waiting_guests_changed(day, trip_id)


def keep_waiting(reservation_ids: Collection[UUID], region_id: UUID, reason: str) -> set[tuple[date, UUID]]:
    """Have reservations wait that a person left out, until a person or a new departure has a place for them.

    No sweep tries them again: it would seat them where they were left out. Return the dates and trips for which they
    wait. Call it in the transaction that took their seats.
    """
    lists: set[tuple[date, UUID]] = set()
    for reservation in Reservation.objects.waiting().filter(pk__in=reservation_ids).order_by("pk"):
        if reservation.trip_date is None or reservation.trip_id is None:
            continue
        lists.add((reservation.trip_date, reservation.trip_id))
        reservation.unplaced_reason, reservation.region_id = reason, region_id
        reservation.try_again_at = datetime.combine(reservation.trip_date + 2 * ONE_DAY, time(), UTC)
        reservation.save(update_fields=["unplaced_reason", "region_id", "try_again_at"])
        tell_of_waiting_guests(reservation, None)
    return lists


def _sentence(reservation: Reservation, waiting: Waiting) -> str:
    guests = counted(waiting.guests, "guest")
    return f"Reservation {reservation.pk}, {guests} on {waiting.day}, has no place: {waiting.reason}."
