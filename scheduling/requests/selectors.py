"""The list of schedule requests, page by page, and the dates that lists of this app take."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from novatrek_scheduling.api.pagination import Keyset, Page
from scheduling.models import ScheduleRequest

NEWEST_FIRST = ("-created_at", "request_id")
_AS_STORED = {
    "status": "status",
    "requested_by": "requested_by",
    "trip_id": "constraints__trip_id",
    "priority": "constraints__priority",
}

Row = TypeVar("Row", bound=Model)


def page_of_requests(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[ScheduleRequest]:
    """Schedule requests with their outcomes, the newest first. Raises BadPageToken."""
    wanted = {stored: str(filters[name]) for name, stored in _AS_STORED.items() if name in filters}
    rows = on_dates(ScheduleRequest.objects.filter(**wanted), filters).select_related("outcome")
    return Keyset(NEWEST_FIRST, bound_to=filters).page(rows, size=size, token=token)


def on_dates(rows: QuerySet[Row], filters: Mapping[str, Any]) -> QuerySet[Row]:
    """Rows whose schedule date is `date`, or from it to `date_to`, or up to that."""
    if "date_to" not in filters:
        return rows.filter(schedule_date=filters["date"]) if "date" in filters else rows
    rows = rows.filter(schedule_date__lte=filters["date_to"])
    return rows.filter(schedule_date__gte=filters["date"]) if "date" in filters else rows
