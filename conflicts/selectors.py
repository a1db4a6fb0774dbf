"""Pages of the conflicts of a date, and of the history of one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from conflicts.errors import UnknownConflict
from conflicts.models import AcceptedRisk, ConflictEvent, ListedConflict, ScheduleConflict
from novatrek_scheduling.api.pagination import Keyset, Page
from novatrek_scheduling.pgpool.prepared import prepared_cursor
from scheduling.models import schedule_id_of

ORDER = ("detected_at", "conflict_id")
# The expressions of the indexes, by the filter's name. A date's conflicts are those of its daily schedule: the column
# decides first, so that no scan has to fetch the details of other dates.
_CONDITIONS = {
    "date": "schedule_id = %s AND details ->> 'conflict_date' = %s",
    "region_id": "details ->> 'region_id' = %s",
    "severity": "details ->> 'severity' = %s",
    "type": "conflict_type = %s",
    "resolved": "resolved = %s",
}
_AFTER = "(detected_at, conflict_id) > (%s::timestamptz, %s::uuid)"
_PAGE = """
    SELECT {total}, conflict_id, conflict_type, details, resolved, detected_at
    FROM schedule_conflicts WHERE {where} ORDER BY detected_at, conflict_id LIMIT %s
"""
# Times are read as text, which is parsed faster than the driver does.
_OPEN = f"""
    SELECT total, conflict_id::text, conflict_type, details, resolved, detected_at::text
    FROM ({_PAGE}) AS conflict ORDER BY conflict.detected_at, conflict.conflict_id
"""  # noqa: S608 (of the constant above)
_RESOLVED = f"""
    SELECT total, conflict.conflict_id::text, conflict_type, details, resolved, detected_at::text,
        resolution.resolved_at, owner, reason, accepted_at, expires_at, ended_at, ending
    FROM ({_PAGE}) AS conflict
    LEFT JOIN conflict_resolutions AS resolution
        ON resolution.conflict_id = conflict.conflict_id AND resolution.status <> 'FAILED'
    LEFT JOIN LATERAL (
        SELECT * FROM risk_acceptances WHERE conflict_id = conflict.conflict_id ORDER BY id LIMIT 1
    ) AS acceptance ON true
    ORDER BY conflict.detected_at, conflict.conflict_id
"""  # noqa: S608 (of the constant above)


def page_of_conflicts(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[ListedConflict]:
    """Return conflicts of `date` and, where given, of `region_id`, `severity`, `type` and `resolved`, oldest first.

    A conflict detected between two pages comes at the end. Raises BadPageToken.

    One statement in SQL reads and counts, and its rows become no models: with the ORM both take as long as all the
    rest of a request.
    """
    keyset = Keyset(ORDER, bound_to=filters)
    chosen: dict[str, Any] = {"resolved": False, **filters}
    values = [value for name in chosen for value in _values(name, chosen[name])]
    position = keyset.decode(token) if token else []
    where = " AND ".join(_CONDITIONS[name] for name in chosen)
    total = f"(SELECT count(*) FROM schedule_conflicts WHERE {where}) AS total"  # noqa: S608 (of the constants above)
    page = (_RESOLVED if chosen["resolved"] else _OPEN).format(
        total=total, where=f"{where} AND {_AFTER}" if token else where
    )
    with prepared_cursor() as cursor:
        cursor.execute(page, [*values, *values, *position, size + 1])
        found = cursor.fetchall()
        if not found and token:
            cursor.execute(f"SELECT {total}", values)
        count = found[0][0] if found else cursor.fetchone()[0] if token else 0
    rows = [_row(columns) for columns in found[:size]]
    return Page(rows, keyset.token_after(rows[-1]) if len(found) > size else None, count)


def _values(name: str, value: Any) -> list[Any]:
    """The values of a filter's condition."""
    if name == "date":
        return [schedule_id_of(value), value.isoformat()]
    return [value if isinstance(value, bool) else str(value)]


def _row(columns: tuple[Any, ...]) -> ListedConflict:
    _, conflict_id, kind, details, is_resolved, detected_at, *outcome = columns
    resolved_at, *acceptance = outcome or [None]
    accepted = AcceptedRisk(*acceptance) if acceptance and acceptance[0] is not None else None
    return ListedConflict(
        conflict_id=conflict_id,
        conflict_type=kind,
        details=details,
        resolved=is_resolved,
        detected_at=datetime.fromisoformat(detected_at),
        resolved_at=resolved_at,
        accepted_risk=accepted,
    )


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
