"""Telling guests what became of their reservation, each by the reservation and once, in the transaction of the change.

Guests are told at once and guides on publishing: a reservation has its new date and time from the commit on, whatever
else of the plan is still a draft, while a team is a plan until it is announced.
"""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.conf import settings

from events import outbox
from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import Departure
from scheduling.domain.facts import Sibling
from scheduling.domain.guest_notices import GuestNotice, GuestNoticeKind, guest_notices, local
from scheduling.domain.text import counted
from scheduling.models import Reservation
from scheduling.operations_notices import notify_operations

SOURCE = "guests to be told by hand"
MOST_LISTED = 50


def tell_guests_of(changes: Mapping[date, Change], departure_ids: Collection[UUID] | None = None) -> list[UUID]:
    """Record the notices to guests whose departure a write cancels or moves, and to those it gives or takes a place.

    Of all departures, or of these. Returns the ids of the messages; those to operations, about guests whom nothing here
    reaches, are among them.
    """
    before, after = (_departures(changes, side, departure_ids) for side in ("before", "after"))
    notices = guest_notices(before, after)
    return tell_guests(notices) + _tell_of_unknown_guests(before, after)


def tell_guests(notices: Collection[GuestNotice]) -> list[UUID]:
    """Record these notices, and return the ids of the messages.

    A guest without a profile, who booked at a kiosk, has no address at svc-notifications: operations tells them.
    """
    keys = [notice.reservation_id for notice in notices]
    profiles = dict(Reservation.objects.filter(pk__in=keys, guest_id__isnull=False).values_list("pk", "guest_id"))
    messages = [_message(notice, guest) for notice in notices if (guest := profiles.get(notice.reservation_id))]
    recorded = outbox.record_several(Sibling.NOTIFICATIONS, messages) if messages else []
    unknown = [notice for notice in notices if notice.reservation_id not in profiles]
    return recorded + _tell_operations(unknown)


def _departures(
    changes: Mapping[date, Change], side: str, departure_ids: Collection[UUID] | None
) -> dict[UUID, Departure]:
    """The departures of all dates together: guests may go from one to another."""
    return {
        key: departure
        for change in changes.values()
        for key in sorted(change.departure_ids)
        if departure_ids is None or key in departure_ids
        if (departure := (change.before if side == "before" else change.after).departures.get(key))
    }


def _message(notice: GuestNotice, guest_id: UUID) -> outbox.Message:
    return outbox.Message(
        key=str(notice.reservation_id),
        kind=f"guest.{notice.kind}",
        payload={
            "body": {
                "recipient_id": str(guest_id),
                "reservation_id": str(notice.reservation_id),
                "channel": settings.NOTIFICATION_CHANNEL,
                "template_id": settings.NOTIFICATION_TEMPLATES[f"guest_{notice.kind}"],
                "priority": "NORMAL" if notice.kind is GuestNoticeKind.SEATED else "URGENT",
                "variables": _variables(notice),
            }
        },
    )


def _variables(notice: GuestNotice) -> dict[str, str]:
    departure = notice.departure
    variables = {
        "kind": notice.kind.value,
        "trip": departure.trip_name,
        "date": f"{departure.starts_at:%Y-%m-%d}",
        "time": f"{departure.starts_at:%H:%M}",
        "guests": str(notice.guests),
        "text": notice.text,
    }
    return variables | ({"was": local(notice.was)} if notice.was else {})


def _tell_operations(notices: Collection[GuestNotice]) -> list[UUID]:
    """One notice for each thing to say: a departure with fifty walk-ins is not fifty alerts."""
    by_text: dict[str, list[GuestNotice]] = {}
    for notice in notices:
        by_text.setdefault(_without_count(notice), []).append(notice)
    return [
        notify_operations(source=SOURCE, reason=f"{text} {_named(alike)}", key=str(alike[0].reservation_id)).message_id
        for text, alike in by_text.items()
    ]


def _without_count(notice: GuestNotice) -> str:
    if notice.was or notice.kind is GuestNoticeKind.CANCELLED:
        return notice.text
    has = "is a" if notice.kind is GuestNoticeKind.SEATED else "is no"
    return f"There {has} place on {notice.departure.trip_name} on {local(notice.departure.starts_at)}."


def _named(notices: Collection[GuestNotice]) -> str:
    shown = [f"{notice.reservation_id} ({notice.guests})" for notice in list(notices)[:MOST_LISTED]]
    more = [f"and {len(notices) - len(shown)} more"] if len(notices) > len(shown) else []
    return f"No profile of these guests is known, tell them: reservations {', '.join([*shown, *more])}."


def _tell_of_unknown_guests(before: Mapping[UUID, Departure], after: Mapping[UUID, Departure]) -> list[UUID]:
    """Tell operations of guests to whom the catalog sold seats on a departure that moves, and nothing else is known.

    Those of a departure that is cancelled are in the notice of that.
    """
    messages = []
    for key, old in sorted(before.items()):
        new, unknown = after.get(key), old.participants - sum(old.reservations.values())
        if new and not new.is_cancelled and new.starts_at != old.starts_at and unknown > 0:
            reason = (
                f"{old.trip_name} on {local(old.starts_at)} is on {local(new.starts_at)} instead. The catalog sold "
                f"seats to {counted(unknown, 'guest')} whose reservations are not known here: tell them."
            )
            messages.append(notify_operations(source=SOURCE, reason=reason, key=str(key)).message_id)
    return messages
