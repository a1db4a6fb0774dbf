"""Revisions of daily schedules: what changed, by whom."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter

from events.admin import ViewOnly
from scheduling.admin.readable import difference_lines, names_in, table, whole_departure
from scheduling.document import ScheduleDocument
from scheduling.models import DailySchedule, ScheduleRevision
from scheduling.wording import counted

Entry = Mapping[str, Any]


@admin.register(ScheduleRevision)
class ScheduleRevisionAdmin(ViewOnly):
    list_display = ["schedule_date", "rev", "changed_at", "author", "kind", "touched", "cause"]
    list_filter = ["kind", ("schedule_date", RangeDateFilter), ("changed_at", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["author", "cause", "schedule_date", "=run_id"]
    search_help_text = "Author, cause, date or id of the optimization run"
    ordering = ["-changed_at", "-id"]
    fields = [
        "schedule_date",
        "rev",
        "changed_at",
        "author",
        "kind",
        "process",
        "cause",
        "run_id",
        "differences",
    ]

    @admin.display(description="Touched")
    def touched(self, revision: ScheduleRevision) -> str:
        parts = (("departures", "departure"), ("guide_adjustments", "guide"))
        sizes = [(len(revision.changes.get(part, {})), what) for part, what in parts]
        return ", ".join(counted(size, what) for size, what in sizes if size)

    @admin.display(description="Differences")
    def differences(self, revision: ScheduleRevision) -> SafeString:
        return table(("What", "Difference"), list(_differences(revision)))


def _differences(revision: ScheduleRevision) -> Iterator[tuple[str, str]]:
    schedule = DailySchedule.objects.filter(pk=revision.schedule_id).first()
    document = schedule.document if schedule else ScheduleDocument()
    for key, entry in sorted(revision.changes.get("departures", {}).items()):
        yield _departure_name(key, entry, document), _lines(entry, whole_departure)
    names = names_in(document)
    for key, entry in sorted(revision.changes.get("guide_adjustments", {}).items()):
        yield f"entry of {names.get(UUID(key), key)}", _lines(entry, _whole_entry)
    whole = revision.changes.get("document", {}) | _of_publication(revision)
    if whole:
        yield "daily schedule", "; ".join(difference_lines(whole))


def _of_publication(revision: ScheduleRevision) -> Entry:
    changed = revision.changes.get("published_at")
    return {"published_at": changed} if changed else {}


def _departure_name(key: str, entry: Entry, document: ScheduleDocument) -> str:
    told = entry.get("new") or entry.get("old")
    known = document.departures.get(UUID(key))
    name = told["trip_name"] if told else known.trip_name if known else "departure"
    return f"{name} ({key[:8]})"


def _lines(entry: Entry, in_full: Callable[[Entry], str]) -> str:
    if "fields" in entry:
        return "; ".join(difference_lines(entry["fields"]))
    return f"added: {in_full(entry['new'])}" if "new" in entry else f"removed: {in_full(entry['old'])}"


def _whole_entry(entry: Entry) -> str:
    return "; ".join(difference_lines({name: {"new": value} for name, value in entry.items()}))
