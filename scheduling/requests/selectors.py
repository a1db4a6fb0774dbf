"""Schedule requests as clients are shown them: one, and the list page by page.

One statement in SQL reads requests, their outcomes and the departures that serve them now, and its rows become no
models: with the ORM that takes as long as all the rest of a request to the API.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from novatrek_scheduling.api.kept_answers import Kept, KeptAnswers
from novatrek_scheduling.api.pagination import Keyset, Page
from novatrek_scheduling.pgpool.prepared import prepared_cursor
from scheduling.errors import UnknownScheduleRequest
from scheduling.requests.answers import Standing, result_now
from scheduling.requests.followed_departures import standing_of

NEWEST_FIRST = ("-created_at", "request_id")
_CONDITIONS = {
    "status": "status = %s",
    "requested_by": "requested_by = %s",
    "trip_id": "constraints ->> 'trip_id' = %s",
    "priority": "constraints ->> 'priority' = %s",
    "date_to": "schedule_date <= %s",
}
_AFTER = "created_at <= %s::timestamptz AND (created_at < %s::timestamptz OR request_id > %s::uuid)"
# Times are read as text, which is parsed faster than the driver does.
_COLUMNS = """
    request.request_id::text, request.created_at::text, request.status, request.constraints, request.schedule_date,
    outcome.completed_at::text, outcome.result, outcome.error_code, outcome.error_message,
    COALESCE(outcome.rescheduled_departure_id, outcome.departure_id),
    dated.schedule_date, schedule.assignments #> ARRAY['departures', dated.departure_id::text]
"""
_JOINED = """
    FROM {requests} AS request
    LEFT JOIN request_outcomes AS outcome USING (request_id)
    LEFT JOIN departure_dates AS dated
        ON dated.departure_id = COALESCE(outcome.rescheduled_departure_id, outcome.departure_id)
    LEFT JOIN daily_schedules AS schedule ON schedule.schedule_date = dated.schedule_date
"""
_SHOWN = f"SELECT {{total}}, {_COLUMNS} {_JOINED}"
# The transactions and places of its rows name what a request is made of. Nothing else is unpacked or sent of one that
# this process has.
_ONE = f"""
    SELECT mark, shown.* {_JOINED.format(requests="schedule_requests")}
    CROSS JOIN LATERAL (
        SELECT ROW(
            request.xmin, request.ctid, outcome.xmin, outcome.ctid,
            dated.schedule_date, schedule.schedule_id, schedule._rev, schedule.xmin, schedule.updated_at
        )::text AS mark
    ) AS marked
    LEFT JOIN LATERAL (SELECT {_COLUMNS}) AS shown ON mark <> %s
    WHERE request.request_id = %s
"""
_PAGE = """(
    SELECT * FROM schedule_requests WHERE {where} ORDER BY created_at DESC, request_id LIMIT %s
)"""
_IN_ORDER = "ORDER BY request.created_at DESC, request.request_id"


class ShownRequest(NamedTuple):
    """A schedule request with its outcome, if it has one, and its result as it is now, where that is known."""

    request_id: str
    created_at: datetime
    status: str
    constraints: Mapping[str, Any]
    completed_at: datetime | None = None
    result: Mapping[str, Any] | None = None
    error_code: str | None = None
    error_message: str | None = None
    current_result: Mapping[str, Any] | None = None


_kept: KeptAnswers[ShownRequest] = KeptAnswers()


def shown_request(address: str) -> ShownRequest:
    """Return the request with the id in a client's path, in one query. Raises UnknownScheduleRequest."""
    request_id = _id_in(address)
    kept = _kept.to(request_id)
    with prepared_cursor() as cursor:
        cursor.execute(_ONE, [kept.mark if kept else "", request_id])
        found = cursor.fetchone()
    if found is None:
        raise _unknown(address)
    mark: str = found[0]
    if kept and kept.mark == mark:
        return kept.answer
    shown = _shown(found)
    _kept.keep(request_id, Kept(mark, shown))
    return shown


def page_of_requests(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[ShownRequest]:
    """Return schedule requests, the newest first, in one query. Raises BadPageToken."""
    keyset = Keyset(NEWEST_FIRST, bound_to=filters)
    conditions = _CONDITIONS | {"date": "schedule_date >= %s" if "date_to" in filters else "schedule_date = %s"}
    values = [str(value) for value in filters.values()]
    where = " AND ".join(conditions[name] for name in filters) or "true"
    moment, *others = keyset.decode(token) if token else [None]
    position = [moment, moment, *others] if token else []
    total = f"(SELECT count(*) FROM schedule_requests WHERE {where})"  # noqa: S608 (of the constants above)
    page = _PAGE.format(where=f"{where} AND {_AFTER}" if token else where)
    with prepared_cursor() as cursor:
        cursor.execute(_SHOWN.format(total=total, requests=page) + _IN_ORDER, [*values, *values, *position, size + 1])
        found = cursor.fetchall()
        if not found and token:
            cursor.execute(f"SELECT {total}", values)
        count = found[0][0] if found else cursor.fetchone()[0] if token else 0
    rows = [_shown(columns) for columns in found[:size]]
    return Page(rows, keyset.token_after(rows[-1]) if len(found) > size else None, count)


def _shown(columns: Sequence[Any]) -> ShownRequest:
    _, request_id, created_at, status, constraints, day, completed_at, result, code, message, *departure = columns
    read = result and orjson.loads(result)
    return ShownRequest(
        request_id=request_id,
        created_at=datetime.fromisoformat(created_at),
        status=status,
        constraints=orjson.loads(constraints),
        completed_at=completed_at and datetime.fromisoformat(completed_at),
        result=read,
        error_code=code,
        error_message=message,
        current_result=_current(read, day, *departure) if read else None,
    )


def _current(
    result: Mapping[str, Any], chosen: date, departure_id: UUID | None, day: date | None, stored: str | None
) -> Mapping[str, Any] | None:
    """Return a result as it is now; None where it follows no departure, or one that cannot be read."""
    if departure_id is None:
        return None
    standing = Standing(departure_id, chosen, None) if day is None else standing_of(departure_id, day, stored)
    return result_now(result, chosen, standing) if standing else None


def _id_in(address: str) -> UUID:
    try:
        return UUID(address)
    except ValueError as error:
        raise _unknown(address) from error


def _unknown(address: str) -> UnknownScheduleRequest:
    return UnknownScheduleRequest(f"There is no schedule request {address}.")
