"""Who pinned the guides that are pinned now, and when: the history knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from scheduling.domain.document import Departure
from scheduling.models import schedule_id_of


@dataclass(frozen=True, slots=True)
class Pin:
    """`by` pinned a guide at `since` (aware), and nobody has released the guide from then on."""

    by: str
    since: datetime


# The latest revision in which the guide is pinned and was not before it.
_PINS = """
    SELECT DISTINCT ON (pinned.departure_id, pinned.guide_id)
        pinned.departure_id::uuid, pinned.guide_id::uuid, revision.author, revision.changed_at
    FROM scheduling.schedule_revisions revision
    CROSS JOIN LATERAL jsonb_each(revision.changes -> 'departures') entry
    JOIN unnest(%s::text[], %s::text[]) pinned (departure_id, guide_id) ON pinned.departure_id = entry.key
    CROSS JOIN LATERAL (
        SELECT jsonb_build_array(jsonb_build_object('guide_id', pinned.guide_id, 'pinned', true)) AS member
    ) pin
    WHERE revision.schedule_id = ANY(%s)
      AND coalesce(entry.value #> '{fields,team,new}', entry.value #> '{new,team}') @> pin.member
      AND NOT coalesce(entry.value #> '{fields,team,old}' @> pin.member, false)
    ORDER BY pinned.departure_id, pinned.guide_id, revision.rev DESC
"""


def pins_of(departures: Mapping[UUID, Departure]) -> dict[UUID, dict[UUID, Pin]]:
    """Return the pins by departure and guide, in one query, and none where nobody is pinned.

    Of a departure that was put on another date with its team: who put it there, and when.
    """
    pinned = [(key, m.guide_id) for key, departure in departures.items() for m in departure.team if m.pinned]
    if not pinned:
        return {}
    schedule_ids = {schedule_id_of(departures[key].starts_at.date()) for key, _guide in pinned}
    with connection.cursor() as cursor:
        cursor.execute(
            _PINS, [[str(key) for key, _guide in pinned], [str(guide) for _key, guide in pinned], list(schedule_ids)]
        )
        found: dict[UUID, dict[UUID, Pin]] = {}
        for departure_id, guide_id, author, changed_at in cursor.fetchall():
            found.setdefault(departure_id, {})[guide_id] = Pin(author, changed_at)
    return found
