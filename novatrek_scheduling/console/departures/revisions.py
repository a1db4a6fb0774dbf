"""The history of a departure: who changed what of it, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.admin.cause_words import cause_words
from scheduling.admin.change_words import change_words
from scheduling.domain.facts import Snapshot
from scheduling.history.plan_fields import changes_a_plan
from scheduling.history.revisions import of_departure
from scheduling.models import ScheduleRevision, schedule_id_of

MOST = 20
LABELS = {
    "team": gettext_lazy("Team"),
    "starts_at": gettext_lazy("Start"),
    "ends_at": gettext_lazy("End"),
    "trail_id": gettext_lazy("Trail"),
    "capacity": gettext_lazy("Places"),
    "participants": gettext_lazy("Guests"),
    "reservations": gettext_lazy("Reservations"),
    "status": gettext_lazy("Status"),
    "published": gettext_lazy("Announced"),
    "unassigned_reason": gettext_lazy("Why nobody goes"),
    "location_id": gettext_lazy("Base camp"),
    "catalog": gettext_lazy("In the catalog"),
    "catalog_change": gettext_lazy("Changed in the catalog"),
}


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One write that touched the departure. `changed_at` is by its clocks; `lines` say what changed.

    `taking_back` is the address of the page that gives it the plan of before; empty where the plan did not change.
    """

    address: str
    rev: int
    changed_at: datetime
    author: str
    cause: str
    lines: tuple[str, ...]
    taking_back: str = ""


def revisions_of(day: date, departure_id: UUID, snapshot: Snapshot, clock: tzinfo | None) -> tuple[RevisionLine, ...]:
    """Return the last writes that touched the departure, the latest first, in one query."""
    touching = of_departure(ScheduleRevision.objects.filter(schedule_id=schedule_id_of(day)), departure_id)
    before = ScheduleRevision.objects.filter(schedule_id=OuterRef("schedule_id"), rev=OuterRef("rev") - 1)
    rows = touching.annotate(before=Subquery(before.values("pk"))).order_by("-rev")[:MOST]
    return tuple(
        replace(
            revision_line(row, row.entry, snapshot, clock),
            taking_back=_taking_back(departure_id, row.entry, row.before),
        )
        for row in rows
    )


def revision_line(
    row: ScheduleRevision, entry: Mapping[str, Any], snapshot: Snapshot, clock: tzinfo | None
) -> RevisionLine:
    """Return a write with what it changed of a departure, `entry`."""
    return RevisionLine(
        address=reverse("admin:scheduling_schedulerevision_change", args=[row.pk]),
        rev=row.rev,
        changed_at=row.changed_at.astimezone(clock),
        author=row.author,
        cause=cause_words(row.cause),
        lines=tuple(lines_of(entry, snapshot, clock)),
    )


def _taking_back(departure_id: UUID, entry: Mapping[str, Any], before: int | None) -> str:
    """Return the page that restores this departure as it was in the revision before."""
    if before is None or not changes_a_plan({"departures": {str(departure_id): entry}}):
        return ""
    return f"{reverse('admin:scheduling_schedulerevision_restore', args=[before])}?departure={departure_id}"


def lines_of(entry: Mapping[str, Any], snapshot: Snapshot, clock: tzinfo | None) -> Iterator[str]:
    """Yield what one write changed of a departure, a line a field: "Start: 09:00 → 10:00"."""
    if "fields" not in entry:
        yield _("Added") if "new" in entry else _("Taken out")
        return
    for name, label in LABELS.items():
        if name in entry["fields"]:
            yield f"{label}: {_change(name, entry['fields'][name], snapshot, clock)}"


def _change(name: str, change: Mapping[str, Any], snapshot: Snapshot, clock: tzinfo | None) -> str:
    if name == "trail_id":
        return " → ".join(_trail(change.get(side), snapshot) for side in ("old", "new"))
    if name in {"starts_at", "ends_at"}:
        return " → ".join(_moment(change.get(side), clock) for side in ("old", "new"))
    return change_words(name, change)


def _trail(value: str | None, snapshot: Snapshot) -> str:
    if not value:
        return _("no trail")
    trail = snapshot.trails.get(UUID(value))
    return trail.name if trail else _("another trail")


def _moment(value: str | None, clock: tzinfo | None) -> str:
    return date_format(datetime.fromisoformat(value).astimezone(clock), "MOMENT_FORMAT") if value else _("nothing")
