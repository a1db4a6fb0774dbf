"""Announcement of a publication: the event for other services, and the notices to the guides concerned.

A notice contains the difference between a departure's `published` before and after a write, and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import connection

from events import outbox
from events.kafka import SCHEDULE_PUBLISHED, record_event
from scheduling import hooks
from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import Announcement, Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.facts import Sibling


class NoticeKind(StrEnum):
    ASSIGNED = "assigned"
    RELEASED = "released"
    RESCHEDULED = "rescheduled"
    ROLE_CHANGED = "role_changed"
    CANCELLED = "cancelled"


# A guide who stays on the team is told the role with everything else that is new.
TELLING_ROLES = frozenset({NoticeKind.ROLE_CHANGED, NoticeKind.RESCHEDULED})
PRIORITIES = {NoticeKind.ASSIGNED: "NORMAL"}

# The departures that are announced to anybody, and to how many guides, of a document as it is stored.
_PUBLISHED = """
    SELECT (SELECT count(*) FROM jsonb_path_query(assignments, '$.departures.* ? (exists(@.published.guide_ids[*]))')),
        (SELECT count(DISTINCT guide) FROM jsonb_path_query(assignments, '$.departures.*.published.guide_ids[*]') guide)
    FROM daily_schedules WHERE schedule_id = %s
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of one kind to one guide, about one or several departures, earliest first."""

    guide_id: UUID
    kind: NoticeKind
    departures: tuple[tuple[UUID, Departure], ...]

    @property
    def text(self) -> str:
        """The departures as text: "Sunrise hike, 2026-06-01 09:00; …", by the clocks of their regions."""
        return "; ".join(f"{departure.trip_name}, {_local(departure.starts_at)}" for _, departure in self.departures)


def announce(changes: Mapping[date, Change]) -> None:
    """Record the event and the notices of what a write published; call it in the transaction of that write.

    One `schedule.published` for each date with new announcements, and one message of each kind to each guide concerned.
    The event counts everything that is published on its date, each guide once.
    """
    for day, change in sorted(changes.items()):
        if _has_new_announcements(change):
            _record_event(day, change)
    notices = notices_between(_departures(changes, "before"), _departures(changes, "after"))
    outbox.record_several(Sibling.NOTIFICATIONS, map(_message, notices))


def notices_between(before: Mapping[UUID, Departure], after: Mapping[UUID, Departure]) -> list[Notice]:
    """Return the notices due when the announcements of `before` become those of `after`.

    A departure that is gone is cancelled for the guides to whom it was announced.
    """
    by_recipient: dict[tuple[UUID, NoticeKind], list[tuple[UUID, Departure]]] = defaultdict(list)
    for departure_id in before.keys() | after.keys():
        old, new = before.get(departure_id), after.get(departure_id)
        for guide_id, kind in _differences(old, new).items():
            departure = old if new is None or kind is NoticeKind.RELEASED else new
            if departure is not None:
                by_recipient[guide_id, kind].append((departure_id, departure))
    return [
        Notice(guide_id, kind, tuple(sorted(departures, key=lambda pair: (pair[1].starts_at, pair[0]))))
        for (guide_id, kind), departures in sorted(by_recipient.items(), key=lambda item: (item[0][0].int, item[0][1]))
    ]


def _differences(old: Departure | None, new: Departure | None) -> dict[UUID, NoticeKind]:
    """The kind of notice that each guide gets about one departure."""
    former, current = _announced(old), _announced(new)
    former_guides, guides = _guides(former), _guides(current)
    is_cancelled = new is None or new.status is DepartureStatus.CANCELLED
    leaving = NoticeKind.CANCELLED if is_cancelled else NoticeKind.RELEASED
    kinds = dict.fromkeys(former_guides - guides, leaving) | dict.fromkeys(guides - former_guides, NoticeKind.ASSIGNED)
    if former and current and former.has_other_lead(current.lead_id):
        staying = former_guides & guides
        kinds |= {guide: NoticeKind.ROLE_CHANGED for guide in staying if guide in {former.lead_id, current.lead_id}}
    if former and current and _is_rescheduled(former, current):
        kinds |= dict.fromkeys(former_guides & guides, NoticeKind.RESCHEDULED)
    return kinds


def _is_rescheduled(former: Announcement, current: Announcement) -> bool:
    """Return whether the guides who stay on the team go at another time or on another trail."""
    is_moved = (former.starts_at, former.trail_id) != (current.starts_at, current.trail_id)
    return is_moved or former.has_other_end(current.ends_at)


def _announced(departure: Departure | None) -> Announcement | None:
    return departure.published if departure else None


def _guides(announcement: Announcement | None) -> frozenset[UUID]:
    return frozenset(announcement.guide_ids) if announcement else frozenset()


def _departures(changes: Mapping[date, Change], side: str) -> dict[UUID, Departure]:
    """The departures of all dates together: one that moved to another date is rescheduled, not cancelled."""
    documents: Iterable[tuple[Change, ScheduleDocument]] = (
        (change, change.before if side == "before" else change.after) for change in changes.values()
    )
    found = ((key, document.departures.get(key)) for change, document in documents for key in change.departure_ids)
    return {key: departure for key, departure in found if departure is not None}


def _has_new_announcements(change: Change) -> bool:
    before, after = change.before.departures, change.after.departures
    return any(_announced(before.get(key)) != _announced(after.get(key)) for key in change.departure_ids)


def _record_event(day: date, change: Change) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED, [change.schedule.schedule_id])
        trips, guides = cursor.fetchone()
    payload: dict[str, object] = {
        "schedule_id": change.schedule.schedule_id,
        "schedule_date": day,
        "trip_count": trips,
        "guide_count": guides,
    }
    for figures in hooks.publication_figures(day):
        payload |= figures
    record_event(SCHEDULE_PUBLISHED, day.isoformat(), payload)


def _message(notice: Notice) -> outbox.Message:
    return outbox.Message(
        key=str(notice.guide_id),
        kind=f"guide.{notice.kind}",
        payload={
            "body": {
                "recipient_id": str(notice.guide_id),
                "channel": settings.NOTIFICATION_CHANNEL,
                "template_id": settings.NOTIFICATION_TEMPLATES[f"guide_{notice.kind}"],
                "priority": PRIORITIES.get(notice.kind, "HIGH"),
                "variables": _variables(notice),
            }
        },
    )


def _variables(notice: Notice) -> dict[str, str]:
    _, first = notice.departures[0]
    variables = {
        "kind": notice.kind.value,
        "schedule_date": first.starts_at.date().isoformat(),
        "departures": notice.text,
        "departure_ids": ", ".join(str(departure_id) for departure_id, _ in notice.departures),
    }
    return variables | {"roles": _roles(notice)} if notice.kind in TELLING_ROLES else variables


def _roles(notice: Notice) -> str:
    """The guide's role on each of the departures, in their order."""
    return ", ".join(
        "lead" if departure.published and departure.published.lead_id == notice.guide_id else "assistant"
        for _, departure in notice.departures
    )


def _local(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")
