"""What a write of departures means for guests: who lost their place, and for whom there may be one now."""

from collections.abc import Iterable, Mapping
from datetime import date
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


def _newly(change: Change, *, is_cancelled: bool) -> Iterable[tuple[UUID, Departure]]:
    """The departures that are cancelled, or open, and were not so before or not there."""
    for key in sorted(change.departure_ids):
        before, after = change.before.departures.get(key), change.after.departures.get(key)
        if after and after.is_cancelled is is_cancelled and (before is None or before.is_cancelled != is_cancelled):
            yield key, after


def _sentence(day: date, departure: Departure) -> str:
    reserved = ", ".join(f"{pk} ({count})" for pk, count in sorted(departure.reservations.items()))
    named = f"reservations {reserved}" if reserved else "the catalog sold their seats, their reservations are unknown"
    when = f"{day} at {departure.starts_at:%H:%M}"
    guests = counted(departure.participants, "guest")
    return f"{departure.trip_name} on {when} is cancelled and {guests} have no place: {named}."
