"""Seats of reservations on departures.

The table is the record of the events; a departure's `reservations` follow it, wherever the departure goes.
"""

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from scheduling import hooks
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_aliases import announce_to_catalog
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.seats import Reseating
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure
from scheduling.hazards import relate_to_reservation
from scheduling.models import Reservation, ReservationStatus
from scheduling.reservations.waiting import Waiting, tell_of_waiting_guests

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class NewDeparture:
    """A departure to create for a reservation, if its trip still has none. `is_ours`: the catalog lacks it."""

    departure_id: UUID
    departure: Departure
    is_ours: bool


@dataclass(frozen=True, slots=True)
class NoPlace:
    """Why no departure takes a reservation, in words, and the region of its trip where that is known."""

    reason: str
    region_id: UUID | None = None


def take_seats(
    reservation: Reservation,
    *,
    new_departure: NewDeparture | None = None,
    otherwise: NoPlace | None = None,
    must_move: bool = False,
    **values: Any,
) -> bool:
    """Store `values` of a reservation, and seat its guests if it is active, else free their seats; all in one write.

    Guests stay on the departure that they are on, unless they `must_move`. Others join one of their trip and date that
    they can join, or `new_departure`. Where there is none they wait, and operations is told the reason: that of
    `otherwise`, or that the trip's departures are cancelled or gone. Return False for guests who wait.

    Call it in the transaction that locked the reservation. Raises ContentionNotResolved.
    """
    seating = _Seating(reservation, new_departure, otherwise, must_move)
    for name, value in values.items():
        setattr(reservation, name, value)
    seating.fields = list(values)
    event_type = "reservation.created" if seating.is_active else "reservation.status_changed"
    author = Author(AuthorKind.EVENT, event_type, cause=f"reservation {reservation.pk}")
    reseating = Reseating(seating.store)
    write_daily_schedules(
        seating.days, seating.edit, author=author, reseating=reseating, after_write=seating.after_write
    )
    return reservation.departure_id is not None


def departure_to_join(reservation: Reservation, departures: Mapping[UUID, Departure]) -> UUID | None:
    """Return the earliest departure with room that the guests can join, else the earliest; None if they join none."""

    def preference(key: UUID) -> tuple[bool, datetime, UUID]:
        departure = departures[key]
        has_room = departure.participants + reservation.participant_count <= departure.capacity
        return (not has_room, departure.starts_at, key)

    joinable = (key for key, departure in departures.items() if _can_join(reservation, departure))
    return min(joinable, key=preference, default=None)


def _can_join(reservation: Reservation, departure: Departure) -> bool:
    """Whether the departure is one of their trip, not cancelled, and had not begun when they booked."""
    has_begun = departure.starts_at <= reservation.event_time
    return departure.trip_id == reservation.trip_id and not departure.is_cancelled and not has_begun


@dataclass(slots=True)
class _Seating:
    """One reservation's edit of its dates, and the records that follow from it in the same transaction."""

    reservation: Reservation
    new_departure: NewDeparture | None
    otherwise: NoPlace | None
    must_move: bool
    fields: list[str] = field(default_factory=list)
    former_id: UUID | None = field(init=False)
    former_day: date | None = field(init=False)
    waited: Waiting | None = field(init=False)
    was_seated: bool = field(init=False)
    departure_id: UUID | None = field(init=False, default=None)
    no_place: NoPlace | None = field(init=False, default=None)
    is_created: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        # Stable: whoever moves a departure locks its reservations first, and this one is locked here.
        self.former_id = self.reservation.departure_id
        self.former_day = dates_of([self.former_id]).get(self.former_id) if self.former_id else None
        self.waited = Waiting.of(self.reservation)
        self.was_seated = self.is_active and self.former_day is not None

    @property
    def is_active(self) -> bool:
        return self.reservation.status == ReservationStatus.ACTIVE

    @property
    def days(self) -> list[date]:
        return sorted({day for day in (self.former_day, self.reservation.trip_date) if day})

    def edit(self, drafts: Mapping[date, Draft]) -> None:
        self.is_created, self.no_place = False, None
        if not self.is_active:
            self._forget_moved(drafts)
            # A cancelled reservation remembers its departure, to return to it.
            self.departure_id = None if self.must_move else self.former_id
            return
        self.departure_id = self._former_departure(drafts)
        if self.departure_id is None and self.reservation.trip_date:
            self._join(drafts[self.reservation.trip_date].document.departures)

    def _forget_moved(self, drafts: Mapping[date, Draft]) -> None:
        """The catalog does not count them any more where they booked, whatever departure they went on."""
        for draft in drafts.values():
            for departure in draft.document.departures.values():
                departure.forget_moved({self.reservation.pk})

    def _former_departure(self, drafts: Mapping[date, Draft]) -> UUID | None:
        """The departure that the guests are on, or that they were on before they cancelled and can join again."""
        if self.must_move or self.former_id is None or self.former_day is None:
            return None
        departure = drafts[self.former_day].document.departures.get(self.former_id)
        stays = departure is not None and (self.was_seated or _can_join(self.reservation, departure))
        return self.former_id if stays else None

    def _join(self, departures: MutableMapping[UUID, Departure]) -> None:
        self.departure_id = departure_to_join(self.reservation, departures)
        if self.departure_id is not None:
            return
        of_trip = [departure for departure in departures.values() if departure.trip_id == self.reservation.trip_id]
        new = self.new_departure
        # What is cancelled here is not replaced by one of ours.
        if new and new.departure_id not in departures and not (new.is_ours and of_trip):
            departures[new.departure_id] = new.departure.model_copy(deep=True)
            self.departure_id, self.is_created = new.departure_id, True
        elif of_trip:
            self.no_place = _none_to_join(of_trip)
        else:
            self.no_place = self.otherwise

    def store(self) -> Collection[UUID]:
        """Store the reservation under the locks of its departures, and return these."""
        values: dict[str, Any] = {"departure_id": self.departure_id}
        if self.no_place:
            values |= {"unplaced_reason": self.no_place.reason, "region_id": self.no_place.region_id}
        elif self.departure_id or not self.is_active or self.must_move:
            values |= {"unplaced_reason": "", "region_id": None, "tries": 0, "try_again_at": None}
        for name, value in values.items():
            setattr(self.reservation, name, value)
        self.reservation.save(update_fields=[*self.fields, *values])
        return [key for key in (self.former_id, self.departure_id) if key]

    def after_write(self, changes: Mapping[date, Change]) -> None:
        day = self.reservation.trip_date
        if self.is_created and self.new_departure and self.departure_id and day:
            departure = changes[day].after.departures[self.departure_id]
            if self.new_departure.is_ours:
                announce_to_catalog(self.departure_id, departure, day)
            hooks.optimization_requested(day, departure.region_id)
        if self.is_active and self.departure_id:
            relate_to_reservation(self.reservation)
        tell_of_waiting_guests(self.reservation, self.waited)


def _none_to_join(departures: Iterable[Departure]) -> NoPlace:
    """The reason for which nobody can join these departures of a trip: each is cancelled or had begun."""
    first, *others = sorted(departures, key=lambda departure: departure.starts_at)
    states = [
        f"{departure.starts_at:%H:%M} {'is cancelled' if departure.is_cancelled else 'had begun'}"
        for departure in (first, *others)
    ]
    return NoPlace(f"{first.trip_name} at {', at '.join(states)}"[:LONGEST_REASON], first.region_id)
