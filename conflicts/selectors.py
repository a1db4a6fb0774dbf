"""Pages of the conflicts of a date, and of the history of one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from conflicts.errors import UnknownConflict
from conflicts.models import AcceptedRisk, ConflictEvent, ListedConflict, ScheduleConflict
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
_OPEN = """
    SELECT {total}, conflict_id, conflict_type, details, resolved, detected_at
    FROM schedule_conflicts WHERE {where} ORDER BY detected_at, conflict_id LIMIT %s
"""
_RESOLVED = f"""
    SELECT conflict.*, resolution.resolved_at, owner, reason, accepted_at, expires_at, ended_at, ending
    FROM ({_OPEN}) AS conflict
    LEFT JOIN conflict_resolutions AS resolution
        ON resolution.conflict_id = conflict.conflict_id AND resolution.status <> 'FAILED'
    LEFT JOIN LATERAL (
        SELECT * FROM risk_acceptances WHERE conflict_id = conflict.conflict_id ORDER BY id LIMIT 1
    ) AS acceptance ON true
    ORDER BY detected_at, conflict_id
"""  # noqa: S608 (of the constant above)


def page_of_conflicts(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[ListedConflict]:
    """Return conflicts of `date` and, where given, of `region_id`, `severity`, `type` and `resolved`, oldest first.

    A conflict detected between two pages comes at the end. Raises BadPageToken.

    One statement in SQL reads and counts, and its rows become no models: with the ORM both take as long as all the
    rest of a request.
    """
    keyset = Keyset(ORDER, bound_to=filters)
    chosen: dict[str, Any] = {"resolved": False, **filters}
    values = [value if isinstance(value, bool) else str(value) for value in chosen.values()]
    position = keyset.decode(token) if token else []
    where = " AND ".join(_CONDITIONS[name] for name in chosen)
    total = f"(SELECT count(*) FROM schedule_conflicts WHERE {where}) AS total"  # noqa: S608 (of the constants above)
    page = (_RESOLVED if chosen["resolved"] else _OPEN).format(
        total=total, where=f"{where} AND {_AFTER}" if token else where
    )
    with connection.cursor() as cursor:
        cursor.execute(page, [*values, *values, *position, size + 1])
        found = cursor.fetchall()
        if not found and token:
            cursor.execute(f"SELECT {total}", values)
        count = found[0][0] if found else cursor.fetchone()[0] if token else 0
    rows = [_row(columns) for columns in found[:size]]
    return Page(rows, keyset.token_after(rows[-1]) if len(found) > size else None, count)


def _row(columns: tuple[Any, ...]) -> ListedConflict:
    _, conflict_id, kind, details, is_resolved, detected_at, *outcome = columns
    resolved_at, *acceptance = outcome or [None]
    accepted = AcceptedRisk(*acceptance) if acceptance and acceptance[0] is not None else None
    return ListedConflict(conflict_id, kind, orjson.loads(details), is_resolved, detected_at, resolved_at, accepted)


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
