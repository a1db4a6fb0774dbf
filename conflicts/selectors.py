"""Pages of the conflicts of a date, and of the history of one."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from conflicts.errors import UnknownConflict
from conflicts.models import AcceptedRisk, ConflictEvent, ListedConflict, ScheduleConflict
from novatrek_scheduling.api.kept_answers import Kept, KeptAnswers
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
# A row's id, transaction and place name its version.
_OPEN = """
    SELECT conflict_id, conflict_type, details, resolved, detected_at,
        concat_ws(' ', conflict_id, xmin, ctid) AS version
    FROM schedule_conflicts WHERE {where} ORDER BY detected_at, conflict_id LIMIT %s
"""
# How a conflict ended may change while its row does not.
_RESOLVED = f"""
    SELECT conflict.conflict_id, conflict_type, details, resolved, detected_at,
        ROW(version, resolved_at, owner, reason, accepted_at, expires_at, ended_at, ending)::text AS version,
        resolution.resolved_at, owner, reason, accepted_at, expires_at, ended_at, ending
    FROM ({_OPEN}) AS conflict
    LEFT JOIN conflict_resolutions AS resolution
        ON resolution.conflict_id = conflict.conflict_id AND resolution.status <> 'FAILED'
    LEFT JOIN LATERAL (
        SELECT * FROM risk_acceptances WHERE conflict_id = conflict.conflict_id ORDER BY id LIMIT 1
    ) AS acceptance ON true
    ORDER BY detected_at, conflict_id
"""  # noqa: S608 (of the constant above)
# The details of a page that this process has are neither unpacked nor sent. Times are read as text, which is parsed
# faster than the driver does.
_PAGE = """
    WITH page AS MATERIALIZED ({rows}),
    counted AS ({total}),
    marked AS MATERIALIZED (
        SELECT total, concat_ws(' ', total, (SELECT string_agg(version, ' ') FROM page)) AS mark FROM counted
    )
    SELECT total, mark, conflict_id::text, conflict_type, details, resolved, detected_at::text{outcome}
    FROM marked LEFT JOIN page ON mark <> %s
    ORDER BY page.detected_at, page.conflict_id
"""
_TOTAL = "SELECT count(*) AS total FROM schedule_conflicts WHERE {where}"
_OUTCOME = ", resolved_at, owner, reason, accepted_at, expires_at, ended_at, ending"

_kept: KeptAnswers[Page[ListedConflict]] = KeptAnswers()


def page_of_conflicts(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[ListedConflict]:
    """Return conflicts of `date` and, where given, of `region_id`, `severity`, `type` and `resolved`, oldest first.

    A conflict detected between two pages comes at the end. Raises BadPageToken.

    One statement in SQL reads and counts, and its rows become no models: with the ORM both take as long as all the
    rest of a request. It reads the versions of the page's rows first, and no more where this process has the page.
    """
    keyset = Keyset(ORDER, bound_to=filters)
    chosen: dict[str, Any] = {"resolved": False, **filters}
    values = [value for name in chosen for value in _values(name, chosen[name])]
    position = keyset.decode(token) if token else []
    query = (tuple(filters.items()), size, token)
    kept = _kept.to(query)
    with prepared_cursor() as cursor:
        statement = _statement(tuple(chosen), is_resolved=chosen["resolved"], is_later=bool(token))
        cursor.execute(statement, [*values, *position, size + 1, *values, kept.mark if kept else ""])
        found = cursor.fetchall()
    count, mark, *_ = found[0]
    if kept and kept.mark == mark:
        return kept.answer
    # A page without rows is one of nothing but its count.
    rows = [_row(columns) for columns in found[:size] if columns[2] is not None]
    page = Page(rows, keyset.token_after(rows[-1]) if len(found) > size else None, count)
    # A page without rows takes some memory as well.
    _kept.keep(query, Kept(mark, page, rows=1 + len(rows)))
    return page


@cache
def _statement(filters: tuple[str, ...], *, is_resolved: bool, is_later: bool) -> str:
    """Return the statement for a page by these filters; `is_later` for one after a position."""
    where = " AND ".join(_CONDITIONS[name] for name in filters)
    rows = (_RESOLVED if is_resolved else _OPEN).format(where=f"{where} AND {_AFTER}" if is_later else where)
    outcome = _OUTCOME if is_resolved else ""
    return _PAGE.format(rows=rows, total=_TOTAL.format(where=where), outcome=outcome)


def _values(name: str, value: Any) -> list[Any]:
    """The values of a filter's condition."""
    if name == "date":
        return [schedule_id_of(value), value.isoformat()]
    return [value if isinstance(value, bool) else str(value)]


def _row(columns: tuple[Any, ...]) -> ListedConflict:
    _, _, conflict_id, kind, details, is_resolved, detected_at, *outcome = columns
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
