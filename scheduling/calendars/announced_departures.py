"""The departures last announced to a guide, over all dates: the content of the guide's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from scheduling.domain.document import Announcement, Departure

# The published cancellation of a departure names no guide: the guides who knew of it are in the history. Its last
# non-empty announcement is the one that was cancelled. The conditions on `d` are inside the subquery, so that the
# history is read for those departures only.
_ANNOUNCED = """
    SELECT d.key, s._rev, s.updated_at, d.value, former.published IS NOT NULL,
        coalesce(former.published, d.value -> 'published')
    FROM daily_schedules s
    CROSS JOIN LATERAL jsonb_each(s.assignments -> 'departures') d
    LEFT JOIN LATERAL (
        SELECT r.changes #> ARRAY['departures', d.key, 'fields', 'published', 'old'] AS published
        FROM schedule_revisions r
        WHERE d.value ->> 'status' = 'CANCELLED'
            AND d.value #> '{published,guide_ids}' = '[]'
            AND r.schedule_id = s.schedule_id
            AND r.changes #> ARRAY['departures', d.key, 'fields', 'published', 'old', 'guide_ids'] <> '[]'
        ORDER BY r.rev DESC
        LIMIT 1
    ) former ON true
    WHERE s.schedule_date >= %(since)s
        AND coalesce(former.published, d.value -> 'published') -> 'guide_ids' ? %(guide_id)s
"""


@dataclass(frozen=True, slots=True)
class AnnouncedDeparture:
    """A departure with its last announcement to a guide.

    `departure` is the plan as it is now, which may differ from the announcement. `is_called_off`: its cancellation was
    announced. `rev` and `updated_at` are its daily schedule's.
    """

    id: UUID
    rev: int
    updated_at: datetime
    departure: Departure
    is_called_off: bool
    announcement: Announcement

    @property
    def starts_at(self) -> datetime:
        """The announced start (aware)."""
        return self.announcement.starts_at

    @property
    def duration(self) -> timedelta:
        """The announced duration; the planned one where the announcement has no end."""
        announced_end = self.announcement.ends_at
        return announced_end - self.starts_at if announced_end else self.departure.ends_at - self.departure.starts_at

    def leads(self, guide_id: UUID) -> bool | None:
        """Return whether the guide was announced as the lead.

        By the plan where the announcement does not say, and None where the guide is not in that either.
        """
        if self.announcement.lead_id is not None:
            return self.announcement.lead_id == guide_id
        return self.departure.lead_id == guide_id if guide_id in self.departure.guide_ids else None

    @property
    def trail_id(self) -> UUID | None:
        return self.announcement.trail_id


def announced_departures(guide_id: UUID, *, since: date) -> list[AnnouncedDeparture]:
    """Return the departures announced to the guide on daily schedules from `since` on, earliest first. One query.

    PostgreSQL searches the documents, so that only the guide's own departures are read: 400 dates of 38 departures,
    with 200 revisions each, take 0.1 s; reading them in Python takes 2 s.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ANNOUNCED, {"since": since, "guide_id": str(guide_id)})
        departures = [_from_row(*row) for row in cursor.fetchall()]
    return sorted(departures, key=lambda announced: (announced.starts_at, announced.id))


def _from_row(
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
