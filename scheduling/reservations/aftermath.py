"""What a write of departures means for guests: who lost their place, and for whom there may be one now."""

from collections.abc import Mapping
from datetime import date
from operator import itemgetter
from uuid import UUID

from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import Departure
from scheduling.domain.text import counted
from scheduling.models import Reservation
from scheduling.operations_notices import notify_operations
from scheduling.reservations.placement_queue import queue_placement
from scheduling.rules import Facts

SOURCE = "departures cancelled with guests"


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
        waiting = Reservation.objects.waiting().filter(trip_date=day, trip_id__in=trips) if trips else None
        for reservation_id in waiting.values_list("pk", flat=True) if waiting is not None else ():
            queue_placement(reservation_id)


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
