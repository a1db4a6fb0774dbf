"""Revisions of daily schedules in the console: changes, authors, and restoring."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action
from unfold.enums import ActionVariant

from events.admin import ViewOnly
from novatrek_scheduling.errors import DomainError
from scheduling.admin.formatting import difference_lines, names_in, table, whole_departure
from scheduling.admin.restore_page import RestoreForm, changes_since, changes_text, refusal_text, restore_context
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.text import counted
from scheduling.history.restore import RestorePreview, preview_restore, restore_revision
from scheduling.models import DailySchedule, ScheduleRevision

RESTORE_PERMISSION = "scheduling.change_dailyschedule"

Entry = Mapping[str, Any]


@admin.register(ScheduleRevision)
class ScheduleRevisionAdmin(ViewOnly):
    list_display = ["schedule_date", "rev", "changed_at", "author", "kind", "changed_parts", "cause"]
    list_filter = ["kind", ("schedule_date", RangeDateFilter), ("changed_at", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["author", "cause", "schedule_date", "=run_id"]
    search_help_text = "Author, cause, date or id of the optimization run"
    # Ids follow the order of writing, and the primary key saves sorting all rows for a page.
    ordering = ["-id"]
    actions_detail = ["restore"]
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

    def has_restore_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(RESTORE_PERMISSION)

    @admin.display(description="Changed parts")
    def changed_parts(self, revision: ScheduleRevision) -> str:
        parts = (("departures", "departure"), ("guide_adjustments", "guide"))
        sizes = [(len(revision.changes.get(part, {})), noun) for part, noun in parts]
        return ", ".join(counted(size, noun) for size, noun in sizes if size)

    @admin.display(description="Changes")
    def differences(self, revision: ScheduleRevision) -> SafeString:
        return table(("Subject", "Change"), list(_differences(revision)))

    @action(  # type: ignore[untyped-decorator]
        description="Restore",
        url_path="restore",
        icon="history",
        variant=ActionVariant.PRIMARY,
        permissions=["restore"],
    )
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the plans that differ from this revision, and restore them once confirmed."""
        revision = get_object_or_404(ScheduleRevision, pk=object_id)
        try:
            preview = preview_restore(revision.schedule_date, revision.rev)
        except DomainError as error:
            self.message_user(request, error.message, messages.WARNING)
            return redirect(reverse("admin:scheduling_schedulerevision_change", args=[revision.pk]))
        if request.method == "POST":
            if self._restore(request, revision, preview):
                return redirect(reverse("admin:scheduling_dailyschedule_change", args=[revision.schedule_id]))
            preview = preview_restore(revision.schedule_date, revision.rev)
        selected = request.POST.getlist("departure_ids") if request.method == "POST" else None
        context = self.admin_site.each_context(request) | restore_context(preview, selected)
        page = "admin/scheduling/schedulerevision/restore.html"
        return render(request, page, context | {"opts": self.opts, "revision": revision})

    def _restore(self, request: HttpRequest, revision: ScheduleRevision, preview: RestorePreview) -> bool:
        form = RestoreForm(request.POST)
        if not form.is_valid():
            self.message_user(request, "Choose at least one departure to restore.", messages.WARNING)
            return False
        chosen = form.cleaned_data["departure_ids"]
        meanwhile = changes_since(revision.schedule_id, form.cleaned_data["since_rev"])
        for line in changes_text(preview, chosen, meanwhile):
            self.message_user(request, line, messages.WARNING)
        unchanged = [key for key in chosen if key not in meanwhile]
        return bool(unchanged) and self._write(request, revision, preview, unchanged) and len(unchanged) == len(chosen)

    def _write(
        self, request: HttpRequest, revision: ScheduleRevision, preview: RestorePreview, departure_ids: list[UUID]
    ) -> bool:
        try:
            change = restore_revision(
                revision.schedule_date,
                revision.rev,
                author=Author(AuthorKind.DISPATCHER, request.user.get_username()),
                departure_ids=departure_ids,
                since_rev=preview.current_rev,
            )
        except DomainError as error:
            self.message_user(request, refusal_text(error, preview), messages.WARNING)
            return False
        restored = counted(len(change.departure_ids), "departure")
        self.log_change(request, change.schedule, f"Restored {restored} as of revision {revision.rev}")
        self.message_user(request, f"Restored: {restored} of {revision.schedule_date} as of revision {revision.rev}.")
        return True


def _differences(revision: ScheduleRevision) -> Iterator[tuple[str, str]]:
    document = _present_document(revision)
    trips = {str(key): departure.trip_name for key, departure in document.departures.items()}
    for key, entry in sorted(revision.changes.get("departures", {}).items()):
        yield _departure_name(key, entry, trips), _lines(entry, whole_departure)
    names = {str(guide_id): name for guide_id, name in names_in(document).items()}
    for key, entry in sorted(revision.changes.get("guide_adjustments", {}).items()):
        yield f"adjustments of {names.get(key, key)}", _lines(entry, _whole_adjustments)
    document_changes = revision.changes.get("document", {}) | _publication_change(revision)
    if document_changes:
        yield "daily schedule", "; ".join(difference_lines(document_changes))


def _publication_change(revision: ScheduleRevision) -> Entry:
    change = revision.changes.get("published_at")
    return {"published_at": change} if change else {}


def _present_document(revision: ScheduleRevision) -> ScheduleDocument:
    """Return the current document for its names, or an empty one if a change in SQL has made it invalid."""
    schedule = DailySchedule.objects.filter(pk=revision.schedule_id).first()
    try:
        return schedule.document if schedule else ScheduleDocument()
    except ValueError:
        return ScheduleDocument()


def _departure_name(key: str, entry: Entry, names: Mapping[str, str]) -> str:
    value = entry.get("new") or entry.get("old")
    name = value.get("trip_name") if isinstance(value, dict) else names.get(key)
    return f"{name or 'departure'} ({key[:8]})"


def _lines(entry: Entry, describe: Callable[[Entry], str]) -> str:
    if "fields" in entry:
        return "; ".join(difference_lines(entry["fields"]))
    side, verb = ("new", "added") if "new" in entry else ("old", "removed")
    try:
        return f"{verb}: {describe(entry[side])}"
    except (ValueError, AttributeError):
        return f"{verb}: {json.dumps(entry[side], ensure_ascii=False)}"


def _whole_adjustments(entry: Entry) -> str:
    return "; ".join(difference_lines({name: {"new": value} for name, value in entry.items()}))
