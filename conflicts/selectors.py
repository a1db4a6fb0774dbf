"""Pages of the conflicts of a date, and of the history of one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from conflicts.errors import UnknownConflict
from conflicts.models import ConflictEvent, ScheduleConflict
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
        rows = rows.prefetch_related("resolutions", "acceptances")
    return Keyset(ORDER, bound_to=filters).page(rows, size=size, token=token)


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
