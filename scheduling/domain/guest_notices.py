"""What guests have to be told of a change: the difference between the departures that they are and were on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from scheduling.domain.document import Departure
from scheduling.domain.text import counted


class GuestNoticeKind(StrEnum):
    """What has become of a reservation."""

    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    SEATED = "seated"
    WITHOUT_PLACE = "without_place"


@dataclass(frozen=True, slots=True)
class GuestNotice:
    """One reservation's news. `departure` is the one that it is about: the new one where guests go at another time.

    `was` is the former start, where that is another one.
    """

    reservation_id: UUID
    guests: int
    kind: GuestNoticeKind
    departure: Departure
    was: datetime | None = None

    @property
    def text(self) -> str:
        """The notice as a sentence that names trip, date and time, by the clock of the place."""
        trip, when = self.departure.trip_name, local(self.departure.starts_at)
        match self.kind:
            case GuestNoticeKind.CANCELLED:
                return f"{trip} on {when} is cancelled."
            case GuestNoticeKind.RESCHEDULED:
                return f"{trip} on {local(self.was or self.departure.starts_at)} is on {when} instead."
            case GuestNoticeKind.SEATED:
                return f"There is a place for {counted(self.guests, 'guest')} on {trip} on {when}."
            case GuestNoticeKind.WITHOUT_PLACE:
                return f"There is no place for {counted(self.guests, 'guest')} on {trip} on {when}."


def guest_notices(before: Mapping[UUID, Departure], after: Mapping[UUID, Departure]) -> list[GuestNotice]:
    """Return what the guests of these departures have to be told when the departures of `before` become `after`.

    Another date, another time, cancelled, a place, or none any more. Another trail, team or number of places is no news
    for guests; of a departure that was cancelled before they have heard.
    """
    were, are = _by_reservation(before), _by_reservation(after)
    notices = [_notice(key, were.get(key), are.get(key)) for key in sorted(were.keys() | are.keys())]
    return [notice for notice in notices if notice]


def _notice(reservation: UUID, old: Departure | None, new: Departure | None) -> GuestNotice | None:
    went = old is not None and not old.is_cancelled
    if new is None or new.is_cancelled:
        if not went or old is None:
            return None
        kind = GuestNoticeKind.CANCELLED if new else GuestNoticeKind.WITHOUT_PLACE
        return GuestNotice(reservation, old.reservations[reservation], kind, old)
    guests = new.reservations[reservation]
    if old is None:
        return GuestNotice(reservation, guests, GuestNoticeKind.SEATED, new)
    if old.is_cancelled or old.starts_at != new.starts_at:
        was = old.starts_at if old.starts_at != new.starts_at else None
        kind = GuestNoticeKind.RESCHEDULED if was else GuestNoticeKind.SEATED
        return GuestNotice(reservation, guests, kind, new, was)
    return None


def _by_reservation(departures: Mapping[UUID, Departure]) -> dict[UUID, Departure]:
    return {key: departure for departure in departures.values() for key in departure.reservations}


def local(moment: datetime) -> str:
    """A moment with the offset of its place as people there read it."""
    return f"{moment:%Y-%m-%d} at {moment:%H:%M}"
