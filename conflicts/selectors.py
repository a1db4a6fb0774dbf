"""Pages of the conflicts of a date, and of the history of one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import prefetch_related_objects

from conflicts.errors import UnknownConflict
from conflicts.models import ConflictEvent, ScheduleConflict
from novatrek_scheduling.api.pagination import Keyset, Page

ORDER = ("detected_at", "conflict_id")
# The expressions of the indexes, by the filter's name.
_CONDITIONS = {
    "date": "details ->> 'conflict_date' = %s",
    "region_id": "details ->> 'region_id' = %s",
    "severity": "details ->> 'severity' = %s",
    "type": "conflict_type = %s",
    "resolved": "resolved = %s",
}
_AFTER = "(detected_at, conflict_id) > (%s::timestamptz, %s::uuid)"


def page_of_conflicts(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[ScheduleConflict]:
    """Return conflicts of `date` and, where given, of `region_id`, `severity`, `type` and `resolved`, oldest first.

    A conflict detected between two pages comes at the end. Raises BadPageToken.

    One statement in SQL reads and counts: to build and send two by the ORM takes as long as all the rest of a request.
    """
    keyset = Keyset(ORDER, bound_to=filters)
    chosen: dict[str, Any] = {"resolved": False, **filters}
    values = [value if isinstance(value, bool) else str(value) for value in chosen.values()]
    position = keyset.decode(token) if token else []
    where = " AND ".join(_CONDITIONS[name] for name in chosen)
    count = f"SELECT count(*) FROM schedule_conflicts WHERE {where}"  # noqa: S608 (of the constants above)
    found = list(
        ScheduleConflict.objects.raw(
            f"SELECT *, ({count}) AS total FROM schedule_conflicts WHERE {where}{f' AND {_AFTER}' if token else ''}"  # noqa: S608
            f" ORDER BY {', '.join(ORDER)} LIMIT %s",
            [*values, *values, *position, size + 1],
        )
    )
    rows = found[:size]
    if chosen["resolved"]:
        prefetch_related_objects(rows, "resolutions", "acceptances")
    total = vars(found[0])["total"] if found else _number(count, values)
    return Page(rows, keyset.token_after(rows[-1]) if len(found) > size else None, total)


def page_of_events(conflict_id: UUID, *, size: int, token: str | None = None) -> Page[ConflictEvent]:
    """Return what happened to a conflict and to those that were the same before it, the newest first.

    Raises UnknownConflict and BadPageToken.
    """
    conflict = ScheduleConflict.objects.filter(pk=conflict_id).first()
    if conflict is None:
        raise UnknownConflict(f"There is no conflict {conflict_id}.")
    fingerprint = conflict.details["fingerprint"]
    rows = ConflictEvent.objects.filter(fingerprint=fingerprint)
    return Keyset(["-id"], bound_to={"fingerprint": fingerprint}).page(rows, size=size, token=token)


def _number(statement: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
