"""What a write of departures means for guests: who lost their place, and for whom there may be one now."""

from collections.abc import Collection, Mapping
from datetime import date
from operator import itemgetter
from uuid import UUID

from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of
from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import Departure
from scheduling.domain.text import counted
from scheduling.models import Reservation, ReservationStatus
from scheduling.operations_notices import notify_operations
from scheduling.reservations.placement_queue import queue_placement
from scheduling.rules import Facts

SOURCE = "departures cancelled with guests"

# What `ReservationQuerySet.waiting` says, at each write anew.
_WAITING = f"""
    SELECT {columns_named(Reservation, "reservation_id")} FROM {table_of(Reservation)}
    WHERE status = %s AND departure_id IS NULL AND trip_date = %s AND trip_id = ANY(%s::uuid[])
"""  # noqa: S608 (of constants alone)


def follow_departures(changes: Mapping[date, Change], _: Facts | None) -> None:
    """Tell operations of guests whose departure a write cancels, and have others tried again where one is new.

    A detector: it is called in the transaction of the write.
    """
    for day, change in changes.items():
        for key, departure in _newly(change, is_cancelled=True):
            if departure.participants:
                notify_operations(
                    source=SOURCE,
                    reason=_sentence(day, departure),
                    key=str(key),
                    guides=[member.guide_name for member in departure.team],
                )
        trips = {departure.trip_id for _, departure in _newly(change, is_cancelled=False)}
        for reservation_id in _waiting_for(trips, day):
            queue_placement(reservation_id)


def _waiting_for(trip_ids: Collection[UUID], day: date) -> list[UUID]:
    """The reservations that wait for a place on a departure of these trips that day."""
    if not trip_ids:
        return []
    with prepared_cursor() as cursor:
        cursor.execute(_WAITING, [ReservationStatus.ACTIVE.value, day, array_of(trip_ids)])
        return [reservation_id for (reservation_id,) in cursor.fetchall()]


def _newly(change: Change, *, is_cancelled: bool) -> list[tuple[UUID, Departure]]:
    """The departures that are cancelled, or open, and were not so before or not there."""
    found = []
    for key in change.departure_ids:
        after = change.after.departures.get(key)
        if after and after.is_cancelled is is_cancelled:
            before = change.before.departures.get(key)
            if before is None or before.is_cancelled != is_cancelled:
                found.append((key, after))
    return sorted(found, key=itemgetter(0))


def _sentence(day: date, departure: Departure) -> str:
    reserved = ", ".join(f"{pk} ({count})" for pk, count in sorted(departure.reservations.items()))
    named = f"reservations {reserved}" if reserved else "the catalog sold their seats, their reservations are unknown"
    when = f"{day} at {departure.starts_at:%H:%M}"
    guests = counted(departure.participants, "guest")
    return f"{departure.trip_name} on {when} is cancelled and {guests} have no place: {named}."
