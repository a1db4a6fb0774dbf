"""Lost adjustments: guides' notes and preferences in the history that the daily schedules lack (NTK-10004)."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from scheduling.daily_schedules.nullification import ENRICHMENT

# The last entered value is the latest side of a difference that is not empty: the new side where the field was set and
# is gone without a revision, the old side where that very revision emptied it.
_LOST = r"""
WITH sides AS (
    SELECT r.schedule_id, r.schedule_date, r.rev, r.kind, r.author, r.cause, r.changed_at,
        entry.key AS guide_id, field.name AS field, side.name AS side,
        CASE WHEN entry.value ? 'fields' THEN entry.value #> ARRAY['fields', field.name, side.name]
             ELSE entry.value #> ARRAY[side.name, field.name] END AS value
    FROM scheduling.schedule_revisions r
    CROSS JOIN LATERAL jsonb_each(r.changes -> 'guide_adjustments') AS entry
    CROSS JOIN unnest(%(fields)s::text[]) AS field (name)
    CROSS JOIN (VALUES ('old'), ('new')) AS side (name)
    WHERE r.changes ? 'guide_adjustments'
        AND r.schedule_date BETWEEN coalesce(%(first)s::date, '-infinity') AND coalesce(%(last)s::date, 'infinity')
), known AS (
    SELECT DISTINCT ON (schedule_id, guide_id, field) *
    FROM sides
    WHERE (value #>> '{}') !~ '^\s*$' AND value NOT IN ('[]', '{}')
    ORDER BY schedule_id, guide_id, field, rev DESC, side = 'new' DESC
), present AS (
    SELECT known.*, s.assignments #> ARRAY['guide_adjustments', known.guide_id, known.field] AS now
    FROM known LEFT JOIN scheduling.daily_schedules s USING (schedule_id)
)
SELECT schedule_date, guide_id, field, value::text, rev, side = 'old', changed_at, kind, author, cause
FROM present
WHERE now IS NULL OR now IN ('null', '[]', '{}') OR (now #>> '{}') ~ '^\s*$'
ORDER BY schedule_date, guide_id, field
"""


@dataclass(frozen=True, slots=True)
class LostAdjustment:
    """A field of a guide's entry for a date that the history has and the daily schedule has lost.

    Revision `rev`, by `author`, emptied it. Where not `is_recorded`, `rev` entered it, and it was lost without a
    revision: with triggers off, or with the whole row.
    """

    schedule_date: date
    guide_id: str
    field: str
    last_value: Any
    rev: int
    is_recorded: bool
    changed_at: datetime
    kind: str
    author: str
    cause: str


def lost_adjustments(first: date | None = None, last: date | None = None) -> list[LostAdjustment]:
    """Return every loss on schedule dates from `first` to `last`, both included; on all dates by default.

    One query over the revisions: no document leaves the database.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOST, {"fields": list(ENRICHMENT), "first": first, "last": last})
        return [_lost(*row) for row in cursor.fetchall()]


def _lost(schedule_date: date, guide_id: str, field: str, last_value: str, *when_and_who: Any) -> LostAdjustment:
    return LostAdjustment(schedule_date, guide_id, field, json.loads(last_value), *when_and_who)
