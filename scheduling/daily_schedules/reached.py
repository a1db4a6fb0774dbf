"""The departures of any date that a change of guides' entries is about."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import ScheduleDocument

# A local date begins up to 14 hours before the same date in UTC and ends up to 12 hours after it.
_REACHED = """
    WITH changed AS (
        SELECT * FROM jsonb_to_recordset(%(changed)s::jsonb) AS changed (day date, before jsonb, after jsonb)
    ), periods AS (
        SELECT guide_id, first_date, last_date FROM changed, LATERAL (
            (SELECT * FROM scheduling.entries_in(before, day) EXCEPT SELECT * FROM scheduling.entries_in(after, day))
            UNION
            (SELECT * FROM scheduling.entries_in(after, day) EXCEPT SELECT * FROM scheduling.entries_in(before, day))
        ) AS differing
        UNION
        SELECT guide::uuid, day, day FROM changed, jsonb_object_keys(before || after) AS guide
    )
    SELECT DISTINCT held.schedule_date, held.departure_id
    FROM scheduling.guide_commitments held JOIN periods USING (guide_id)
    WHERE held.starts_at < (periods.last_date + 2)::timestamp AT TIME ZONE 'UTC'
        AND held.ends_at > (periods.first_date - 1)::timestamp AT TIME ZONE 'UTC'
        AND held.ends_at > %(now)s
"""


def departures_reached(changes: Mapping[date, Change]) -> dict[date, frozenset[UUID]]:
    """Return the departures, by the date of their document, that the entries changed by `changes` may be about.

    Those are on the date of the document itself and on the dates of the absences and restrictions that came, went or
    changed, and are not over. The commitments are read as they are stored: lock the guides before, for an answer that
    stays right.
    """
    changed = [
        {
            "day": day.isoformat(),
            "before": _entries_of(guides, change.before),
            "after": _entries_of(guides, change.after),
        }
        for day, change in changes.items()
        if (guides := adjusted_guides(change))
    ]
    if not changed:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, {"changed": json.dumps(changed), "now": timezone.now()})
        rows = cursor.fetchall()
    reached: dict[date, set[UUID]] = defaultdict(set)
    for day, departure_id in rows:
        reached[day].add(departure_id)
    return {day: frozenset(departure_ids) for day, departure_ids in sorted(reached.items())}


def adjusted_guides(change: Change) -> frozenset[UUID]:
    """Return the guides whose entries differ between the two states of a document."""
    before, after = change.before.guide_adjustments, change.after.guide_adjustments
    return frozenset(guide for guide in before.keys() | after.keys() if before.get(guide) != after.get(guide))


def _entries_of(guides: Iterable[UUID], document: ScheduleDocument) -> dict[str, Any]:
    entered = document.guide_adjustments
    return {str(guide): entered[guide].model_dump(mode="json", by_alias=True) for guide in guides if guide in entered}
