"""The departures last announced to a guide, over all dates: those that the guide's calendar shows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from scheduling.domain.document import Announcement, Departure

# Who publishes a cancelled departure leaves nobody on it: who was told before, the history knows. Its last
# non-empty announcement is the one that was called off. The conditions on `d` are inside, so that the history
# is read for those departures only.
_TOLD = """
    SELECT d.key, s._rev, s.updated_at, d.value, former.told IS NOT NULL,
        coalesce(former.told, d.value -> 'published')
    FROM daily_schedules s
    CROSS JOIN LATERAL jsonb_each(s.assignments -> 'departures') d
    LEFT JOIN LATERAL (
        SELECT r.changes #> ARRAY['departures', d.key, 'fields', 'published', 'old'] AS told
        FROM schedule_revisions r
        WHERE d.value ->> 'status' = 'CANCELLED'
            AND d.value #> '{published,guide_ids}' = '[]'
            AND r.schedule_id = s.schedule_id
            AND r.changes #> ARRAY['departures', d.key, 'fields', 'published', 'old', 'guide_ids'] <> '[]'
        ORDER BY r.rev DESC
        LIMIT 1
    ) former ON true
    WHERE s.schedule_date >= %(since)s
        AND coalesce(former.told, d.value -> 'published') -> 'guide_ids' ? %(guide_id)s
"""


@dataclass(frozen=True, slots=True)
class AnnouncedDeparture:
    """A departure with the announcement of it that a guide knows.

    `departure` is the plan as it is now, which may be another one already. `is_called_off`: the guide was
    told that it doesn't take place. `rev` and `updated_at` are its daily schedule's.
    """

    id: UUID
    rev: int
    updated_at: datetime
    departure: Departure
    is_called_off: bool
    announcement: Announcement

    @property
    def starts_at(self) -> datetime:
        """The start that was last announced (aware)."""
        return self.announcement.starts_at

    @property
    def duration(self) -> timedelta:
        """The announced duration; the planned one where the announcement has no end."""
        told_end = self.announcement.ends_at
        return told_end - self.starts_at if told_end else self.departure.ends_at - self.departure.starts_at

    @property
    def trail_id(self) -> UUID | None:
        return self.announcement.trail_id


def announced_departures(guide_id: UUID, *, since: date) -> list[AnnouncedDeparture]:
    """Return what was announced to the guide on daily schedules from `since` on, earliest first. One query.

    PostgreSQL looks through the documents, so that only the guide's own departures leave it: 400 dates of 38
    departures take it 0.1 s, with 200 revisions each; reading them in Python takes 2 s.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"since": since, "guide_id": str(guide_id)})
        departures = [_told(*row) for row in cursor.fetchall()]
    return sorted(departures, key=lambda announced: (announced.starts_at, announced.id))


def _told(
    key: str, rev: int, updated_at: datetime, departure: Any, is_called_off: bool, announcement: Any
) -> AnnouncedDeparture:
    return AnnouncedDeparture(
        id=UUID(key),
        rev=rev,
        updated_at=updated_at,
        departure=Departure.model_validate_json(departure),
        is_called_off=is_called_off,
        announcement=Announcement.model_validate_json(announcement),
    )
