"""Pages of the conflicts of a date."""

from collections.abc import Mapping
from typing import Any

from conflicts.models import ScheduleConflict
from novatrek_scheduling.api.pagination import Keyset, Page

ORDER = ("detected_at", "conflict_id")


def page_of_conflicts(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[ScheduleConflict]:
    """Return conflicts of `date` and, where given, of `region_id`, `severity`, `type` and `resolved`, oldest first.

    A conflict detected between two pages comes at the end. Raises BadPageToken.
    """
    rows = ScheduleConflict.objects.on(filters["date"]).filter(resolved=filters.get("resolved", False))
    if "region_id" in filters:
        rows = rows.in_region(filters["region_id"])
    if "severity" in filters:
        rows = rows.of_severity(filters["severity"])
    if "type" in filters:
        rows = rows.filter(conflict_type=filters["type"])
    if filters.get("resolved"):
        rows = rows.prefetch_related("resolutions")
    return Keyset(ORDER, bound_to=filters).page(rows, size=size, token=token)
