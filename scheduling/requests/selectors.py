"""The list of schedule requests, page by page."""

from collections.abc import Mapping
from typing import Any

from novatrek_scheduling.api.pagination import Keyset, Page
from scheduling.daily_schedules.selectors import on_dates
from scheduling.models import ScheduleRequest

NEWEST_FIRST = ("-created_at", "request_id")
_LOOKUPS = {
    "status": "status",
    "requested_by": "requested_by",
    "trip_id": "constraints__trip_id",
    "priority": "constraints__priority",
}


def page_of_requests(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[ScheduleRequest]:
    """Return schedule requests with their outcomes, the newest first. Raises BadPageToken."""
    conditions = {lookup: str(filters[name]) for name, lookup in _LOOKUPS.items() if name in filters}
    rows = on_dates(ScheduleRequest.objects.filter(**conditions), filters).select_related("outcome")
    return Keyset(NEWEST_FIRST, bound_to=filters).page(rows, size=size, token=token)
