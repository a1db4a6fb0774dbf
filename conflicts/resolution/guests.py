"""Guests of whom a resolution knows more than its change: those without a place, and those on another trail."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from conflicts.resolution.applications import Share
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.guest_notices import SOURCE, tell_guests
from scheduling.domain.document import Departure
from scheduling.domain.guest_notices import GuestNotice, GuestNoticeKind
from scheduling.domain.text import counted
from scheduling.models import Reservation
from scheduling.operations_notices import notify_operations


def tell_of_no_place(conflict: ScheduleConflict) -> list[UUID]:
    """Record the notices to the guests whom the conflict names, and return the ids of the messages; none for others.

    Guests of a cancelled departure were on it; others wait for any of their trip. Where none of it is left to name,
    operations tells them.
    """
    if conflict.details["cause"] != Cause.GUESTS_WITHOUT_PLACE:
        return []
    named = [UUID(key) for key in conflict.details["evidence"]["told"].get("reservations", {})]
    notices, messages = [], []
    for reservation in Reservation.objects.active().filter(pk__in=named).order_by("pk"):
        departure = _departure_for(reservation, conflict)
        if departure:
            kind = GuestNoticeKind.WITHOUT_PLACE
            notices.append(GuestNotice(reservation.pk, reservation.participant_count, kind, departure))
        else:
            guests = counted(reservation.participant_count, "guest")
            reason = f"There is no place for {guests} on {conflict.day}, reservation {reservation.pk}: tell them."
            messages.append(notify_operations(source=SOURCE, reason=reason, key=str(reservation.pk)).message_id)
    return tell_guests(notices) + messages


def tell_of_other_trails(share: Share, changes: Mapping[date, Change]) -> list[UUID]:
    """Record the notice to operations about guests who go at their time on another trail; none where nobody does.

    It is one notice with all that the option does: what another trail means for guests, a person explains.
    """
    guests = {
        key: after.participants
        for change in changes.values()
        for key in change.departure_ids & change.after.departures.keys()
        if share.concerns(key)
        and _is_on_other_trail(key, change)
        and (after := change.after.departures[key]).participants
        and not after.is_cancelled
    }
    if not guests:
        return []
    people = counted(sum(guests.values()), "guest")
    reason = f"{people} have to be told of another trail. {share.application.option.description}"
    return [notify_operations(source=SOURCE, reason=reason, key=str(min(guests))).message_id]


def _is_on_other_trail(departure_id: UUID, change: Change) -> bool:
    before, after = change.before.departures.get(departure_id), change.after.departures[departure_id]
    return before is not None and before.trail_id != after.trail_id and before.starts_at == after.starts_at


def _departure_for(reservation: Reservation, conflict: ScheduleConflict) -> Departure | None:
    own = [reservation.departure_id] if reservation.departure_id else []
    document = read_drafts([conflict.day], departures=own)[conflict.day].document
    for key in own:
        if departure := document.departures.get(key):
            return departure
    if reservation.trip_id is None:
        return None
    of_trip = document.departures_of_trips([reservation.trip_id])
    return min(of_trip.values(), key=lambda departure: departure.starts_at, default=None)
