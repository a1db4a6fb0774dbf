"""Seats in a write: whoever creates, moves, cancels or reinstates a departure brings the guests of the table along.

Reservations are locked before guides and documents, as an event of a reservation locks its own. A reservation changes
its departure under the lock of that departure's document only: what is read behind that lock is true until the commit.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import ScheduleDocument
from scheduling.models import Reservation


@dataclass(frozen=True, slots=True)
class Reseating:
    """Guests who change their departure in a write.

    `make` changes the table, under all locks and after the edit, and returns the departures that gain or lose guests.
    `leaving` are those whose guests it may move; their reservations are locked first.
    """

    make: Callable[[], Collection[UUID]]
    leaving: frozenset[UUID] = frozenset()

    @classmethod
    def of_departures(cls, moves: Mapping[UUID, UUID]) -> "Reseating":
        """Return the move of all guests of some departures to others."""

        def make() -> frozenset[UUID]:
            for old, new in moves.items():
                Reservation.objects.filter(departure_id=old).update(departure_id=new)
            return frozenset(moves) | frozenset(moves.values())

        return cls(make, frozenset(moves))


@dataclass(frozen=True, slots=True)
class LockedGuests:
    """Reservations, by id, that are locked until the transaction ends."""

    reservation_ids: frozenset[UUID]

    def include_all_of(self, departure_ids: Collection[UUID]) -> bool:
        """Return whether they include every reservation of these departures."""
        others = _reservations_of(departure_ids).exclude(pk__in=self.reservation_ids) if departure_ids else None
        return others is None or not others.exists()


def lock_guests_of(departure_ids: Collection[UUID]) -> LockedGuests:
    """Lock the reservations of these departures, cancelled ones included, until the transaction ends."""
    if not departure_ids:
        return LockedGuests(frozenset())
    of_departures = _reservations_of(departure_ids).order_by("pk").select_for_update()
    return LockedGuests(frozenset(of_departures.values_list("pk", flat=True)))


def departures_with_seats_at_stake(changes: Mapping[date, Change], reseating: Reseating | None) -> frozenset[UUID]:
    """Return the departures that a write adds, removes, cancels or reinstates, and those whose guests leave."""
    leaving = reseating.leaving if reseating else frozenset[UUID]()
    at_stake = (key for change in changes.values() for key in change.departure_ids if _are_at_stake(key, change))
    return leaving.union(at_stake)


def seat_guests(
    documents: Collection[ScheduleDocument], departure_ids: Collection[UUID], reseating: Reseating | None
) -> bool:
    """Make `reseating`, and give its departures and these the reservations that the table has for them.

    Return False where that concerns no departure.
    """
    departure_ids = {*departure_ids, *(reseating.make() if reseating else ())}
    if departure_ids:
        _seat(documents, departure_ids)
    return bool(departure_ids)


def _reservations_of(departure_ids: Collection[UUID]) -> QuerySet[Reservation]:
    return Reservation.objects.filter(departure_id__in=departure_ids)


def _seat(documents: Iterable[ScheduleDocument], departure_ids: Collection[UUID]) -> None:
    present = [(key, d) for document in documents for key, d in document.departures.items() if key in departure_ids]
    if not present:
        return
    reservations: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    seated = Reservation.objects.active().filter(departure_id__in=[key for key, _ in present]).order_by("pk")
    for reservation in seated:
        if reservation.departure_id:
            reservations[reservation.departure_id][reservation.pk] = reservation.participant_count
    for key, departure in present:
        if departure.reservations != reservations[key]:
            departure.take_guests(reservations[key])


def _are_at_stake(key: UUID, change: Change) -> bool:
    before, after = change.before.departures.get(key), change.after.departures.get(key)
    return before is None or after is None or before.is_cancelled != after.is_cancelled
