"""Steps that change where guests go. Reservations are named, never split; the table of reservations is the record."""

from collections.abc import Collection
from datetime import date
from typing import Literal
from uuid import UUID

from conflicts.errors import ResolutionNotApplicable
from conflicts.steps.base import StepBase
from conflicts.steps.making import Documents, Making, departure_in, open_departure_in, refusal


class MoveGuests(StepBase):
    """Guests of a departure who go on another one. `reservations` None: all that it has at that moment."""

    kind: Literal["move_guests"] = "move_guests"
    to_day: date
    to: UUID
    reservations: tuple[UUID, ...] | None = None

    @property
    def days(self) -> frozenset[date]:
        return frozenset({self.day, self.to_day})

    @property
    def departure_ids(self) -> frozenset[UUID]:
        return frozenset({self.departure_id, self.to})

    def apply(self, documents: Documents, making: Making) -> None:
        source = departure_in(documents, self.day, self.departure_id)
        if source.has_started(making.now):
            raise refusal(source, "has started by now")
        target = open_departure_in(documents, self.to_day, self.to, making.now)
        moved = {key: guests for key, guests in source.reservations.items() if self._moves(key)}
        if self.reservations is not None and not moved:
            raise refusal(source, "has none of the reservations any more that were to move")
        source.release_guests(moved)
        target.take_guests({**target.reservations, **moved})

    def _moves(self, reservation: UUID) -> bool:
        return self.reservations is None or reservation in self.reservations


class LeaveOut(StepBase):
    """Guests who lose their place, and wait for another one from then on."""

    kind: Literal["leave_out"] = "leave_out"
    reservations: tuple[UUID, ...]

    def apply(self, documents: Documents, making: Making) -> None:
        departure = open_departure_in(documents, self.day, self.departure_id, making.now)
        leaving = departure.reservations.keys() & set(self.reservations)
        if not leaving:
            raise refusal(departure, "has none of the reservations any more that were to lose their place")
        departure.release_guests(leaving)


class SeatWaiting(StepBase):
    """Reservations that wait for a place and get one here."""

    kind: Literal["seat_waiting"] = "seat_waiting"
    reservations: tuple[UUID, ...]

    def apply(self, documents: Documents, making: Making) -> None:
        departure = open_departure_in(documents, self.day, self.departure_id, making.now)
        seated = _still_waiting(self.reservations, making)
        departure.take_guests({**departure.reservations, **seated})


def _still_waiting(reservations: Collection[UUID], making: Making) -> dict[UUID, int]:
    seated = {key: making.waiting[key] for key in reservations if key in making.waiting}
    if not seated:
        raise ResolutionNotApplicable("None of these guests waits for a place any more; choose another option.")
    return seated
