"""What others changed on a date after a page of it was shown."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from novatrek_scheduling.console.departures.revisions import RevisionLine, revision_line
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot
from scheduling.models import ScheduleRevision, schedule_id_of

TOLD = frozenset({"team", "starts_at", "ends_at", "trail_id", "status", "published"})
"""The fields that people are told of. A reservation changes none of them."""


def changes_since(
    day: date, rev: int, departures: Mapping[UUID, Departure], snapshot: Snapshot
) -> dict[UUID, tuple[RevisionLine, ...]]:
    """Return by departure who changed what people are told of it after revision `rev`, the earliest first.

    Of departures that are not among `departures` any more the clock is the server's.
    """
    later = ScheduleRevision.objects.filter(schedule_id=schedule_id_of(day), rev__gt=rev).order_by("rev")
    found: dict[UUID, list[RevisionLine]] = defaultdict(list)
    for row in later.iterator(chunk_size=100):
        for text, entry in row.changes.get("departures", {}).items():
            if "fields" in entry and not entry["fields"].keys() & TOLD:
                continue
            departure = departures.get(UUID(text))
            clock = departure.starts_at.tzinfo if departure else row.changed_at.tzinfo
            found[UUID(text)].append(revision_line(row, entry, snapshot, clock))
    return {key: tuple(lines) for key, lines in found.items()}
