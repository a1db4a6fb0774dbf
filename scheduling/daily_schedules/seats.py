"""Seats in a write: whoever creates, moves, cancels or reinstates a departure brings the guests of the table along.

Reservations are locked before guides and documents, as an event of a reservation locks its own. A reservation changes
its departure under the lock of that departure's document only: what is read behind that lock is true until the commit.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of
from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import ScheduleDocument
from scheduling.models import Reservation, ReservationStatus
from scheduling.models.reservations import ReservationQuerySet

_KEY, _TABLE = columns_named(Reservation, "reservation_id"), table_of(Reservation)
# Each for all departures of a write: the ORM writes out a place for every one of hundreds.
_LOCK = f"""
    SELECT {_KEY} FROM {_TABLE} WHERE departure_id = ANY(%s::uuid[]) OR {_KEY} = ANY(%s::uuid[])
    ORDER BY {_KEY} FOR UPDATE
"""  # noqa: S608 (of constants alone)
_OTHERS_EXIST = f"""
    SELECT {_KEY} FROM {_TABLE} WHERE departure_id = ANY(%s::uuid[]) AND NOT {_KEY} = ANY(%s::uuid[]) LIMIT 1
"""  # noqa: S608 (of constants alone)
_SEATED = f"""
    SELECT {columns_named(Reservation, "departure_id", "reservation_id", "participant_count")} FROM {_TABLE}
    WHERE departure_id = ANY(%s::uuid[]) AND status = %s ORDER BY {_KEY}
"""  # noqa: S608 (of constants alone)


@dataclass(frozen=True, slots=True)
class GuestMove:
    """Guests of a departure who go on another one: these reservations, or with None all that it has."""

    source: UUID
    target: UUID
    reservations: frozenset[UUID] | None = None

    def make(self) -> None:
        """Move them in the table, tombstones of cancelled reservations included: they return where the others are."""
        rows = _reservations_of([self.source])
        if self.reservations is not None:
            rows = rows.filter(pk__in=self.reservations)
        rows.update(departure_id=self.target)


@dataclass(frozen=True, slots=True)
class Reseating:
    """Guests who change their departure in a write.

    `make` changes the table, under all locks and after the edit, and returns the departures that gain or lose guests.
    `leaving` are those whose guests it may move; their reservations are locked first, and so are those `waiting`.
    """

    make: Callable[[], Collection[UUID]]
    leaving: frozenset[UUID] = frozenset()
    waiting: frozenset[UUID] = frozenset()

    @classmethod
    def of_moves(
        cls,
        moves: Sequence[GuestMove],
        seated: Mapping[UUID, UUID],
        left_out: Mapping[UUID, UUID] = MappingProxyType({}),
    ) -> "Reseating":
        """Return these moves, one after the other.

        `seated` has the departures of reservations that waited so far, `left_out` those that reservations lose.
        """

        def make() -> frozenset[UUID]:
            for move in moves:
                move.make()
            for reservation, departure in seated.items():
                _seat_waiting(reservation, departure)
            for reservation, departure in left_out.items():
                _reservations_of([departure]).active().filter(pk=reservation).update(departure_id=None)
            concerned = {*seated.values(), *left_out.values()}
            return frozenset(concerned.union(*((move.source, move.target) for move in moves)))

        leaving = {*left_out.values(), *(move.source for move in moves)}
        return cls(make, frozenset(leaving), frozenset(seated))


def _seat_waiting(reservation: UUID, departure: UUID) -> None:
    """Give a reservation a place; one that waits no more stays where it is."""
    rows = Reservation.objects.waiting().filter(pk=reservation)
    rows.update(departure_id=departure, unplaced_reason="", region_id=None, tries=0, try_again_at=None)


@dataclass(frozen=True, slots=True)
class LockedGuests:
    """Reservations, by id, that are locked until the transaction ends."""

    reservation_ids: frozenset[UUID]

    def include_all_of(self, departure_ids: Collection[UUID]) -> bool:
        """Return whether they include every reservation of these departures."""
        if not departure_ids:
            return True
        with prepared_cursor() as cursor:
            cursor.execute(_OTHERS_EXIST, [array_of(departure_ids), array_of(self.reservation_ids)])
            return not cursor.fetchall()


def lock_guests_of(departure_ids: Collection[UUID], reseating: Reseating | None = None) -> LockedGuests:
    """Lock the reservations of these departures, cancelled ones included, and those who wait for one.

    They are locked until the transaction ends.
    """
    waiting = reseating.waiting if reseating else frozenset[UUID]()
    if not departure_ids and not waiting:
        return LockedGuests(frozenset())
    with prepared_cursor() as cursor:
        cursor.execute(_LOCK, [array_of(departure_ids), array_of(waiting)])
        return LockedGuests(frozenset(reservation_id for (reservation_id,) in cursor.fetchall()))


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


def _reservations_of(departure_ids: Collection[UUID]) -> ReservationQuerySet:
    return Reservation.objects.filter(departure_id__in=departure_ids)


def _seat(documents: Collection[ScheduleDocument], departure_ids: Collection[UUID]) -> None:
    present = [(key, d) for key in departure_ids for document in documents if (d := document.departures.get(key))]
    if not present:
        return
    reservations: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    with prepared_cursor() as cursor:
        cursor.execute(_SEATED, [array_of(key for key, _ in present), ReservationStatus.ACTIVE.value])
        for departure_id, reservation_id, guests in cursor.fetchall():
            reservations[departure_id][reservation_id] = guests
    for key, departure in present:
        if departure.reservations != reservations[key]:
            departure.take_guests(reservations[key])


def _are_at_stake(key: UUID, change: Change) -> bool:
    before, after = change.before.departures.get(key), change.after.departures.get(key)
    return before is None or after is None or before.is_cancelled != after.is_cancelled
