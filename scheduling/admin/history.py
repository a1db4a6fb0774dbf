"""Revisions of daily schedules in the console: changes, authors, and restoring."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action
from unfold.enums import ActionVariant

from events.admin import ViewOnly
from novatrek_scheduling.errors import DomainError
from novatrek_scheduling.readable import as_sent, for_support, spelled, written
from scheduling.admin.change_words import difference_lines
from scheduling.admin.formatting import names_in, table, whole_departure
from scheduling.admin.plan_names import guide_names, link
from scheduling.admin.restore_page import RestoreForm, changes_since, changes_text, refusal_text, restore_context
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.text import counted
from scheduling.history.restore import RestorePreview, preview_restore, restore_revision
from scheduling.models import DailySchedule, ScheduleRevision

HEALTH_PERMISSION = "scheduling.view_guideentry"
RESTORE_PERMISSION = "scheduling.change_dailyschedule"

Entry = Mapping[str, Any]


class KindFilter(admin.SimpleListFilter):
    """A filter by the kind of who made a change."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.value, capfirst(_(spelled(kind)))) for kind in AuthorKind]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(ScheduleRevision)
class ScheduleRevisionAdmin(ViewOnly):
    list_display = ["schedule_date", "rev", "changed_at", "author", "kind_in_words", "changed_parts", "cause"]
    list_filter = [KindFilter, ("schedule_date", RangeDateFilter), ("changed_at", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["author", "cause", "schedule_date", "=run_id"]
    search_help_text = gettext_lazy("Author, cause, date or id of the optimization run")
    # Ids follow the order of writing, and the primary key saves sorting all rows for a page.
    ordering = ["-id"]
    actions_detail = ["restore"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """With what guides entered only for those who may read it: it says why they are away."""
        differences = "differences" if request.user.has_perm(HEALTH_PERMISSION) else "differences_of_plans"
        who = ["author", "kind_in_words", "process", "cause", "run"]
        return ["schedule_date", "rev", "changed_at", *who, differences, "ids"]

    def has_restore_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(RESTORE_PERMISSION)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_in_words(self, revision: ScheduleRevision) -> str:
        return _(spelled(revision.kind))

    @admin.display(description=gettext_lazy("changed parts"))
    def changed_parts(self, revision: ScheduleRevision) -> str:
        departures, guides = (len(revision.changes.get(part, {})) for part in ("departures", "guide_adjustments"))
        texts = (
            ngettext("%d departure", "%d departures", departures) % departures if departures else "",
            ngettext("%d guide", "%d guides", guides) % guides if guides else "",
        )
        return ", ".join(filter(None, texts))

    @admin.display(description=gettext_lazy("optimization run"))
    def run(self, revision: ScheduleRevision) -> SafeString | str:
        if revision.run_id is None:
            return ""
        return link(reverse("admin:optimization_optimizationrun_change", args=[revision.run_id]), _("its run"))

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, revision: ScheduleRevision) -> SafeString:
        return for_support([(_("daily schedule"), revision.schedule_id), (_("optimization run"), revision.run_id)])

    @admin.display(description=gettext_lazy("changes"))
    def differences(self, revision: ScheduleRevision) -> SafeString:
        return table((_("Subject"), _("Change")), list(_differences(revision, _lines)))

    @admin.display(description=gettext_lazy("changes"))
    def differences_of_plans(self, revision: ScheduleRevision) -> SafeString:
        return table((_("Subject"), _("Change")), list(_differences(revision, _names_of_fields)))

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Restore"),
        url_path="restore",
        icon="history",
        variant=ActionVariant.PRIMARY,
        permissions=["restore"],
    )
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the plans that differ from this revision, and restore them once confirmed.

        `?departure=` is of the page of a departure: it is about this one alone, and the way leads back to it.
        """
        revision = get_object_or_404(ScheduleRevision, pk=object_id)
        departure_id = _departure_in(request)
        try:
            preview = _preview(revision, departure_id)
            if request.method == "POST":
                if self._restore(request, revision, preview):
                    return redirect(_origin(revision, departure_id) or _document_page(revision))
                preview = _preview(revision, departure_id)
        except DomainError as error:
            self.message_user(request, error.message, messages.WARNING)
            return redirect(reverse("admin:scheduling_schedulerevision_change", args=[revision.pk]))
        selected = request.POST.getlist("departure_ids") if request.method == "POST" else None
        context = self.admin_site.each_context(request) | restore_context(preview, selected)
        context |= {"opts": self.opts, "revision": revision, "origin": _origin(revision, departure_id)}
        return render(request, "admin/scheduling/schedulerevision/restore.html", context)

    def _restore(self, request: HttpRequest, revision: ScheduleRevision, preview: RestorePreview) -> bool:
        form = RestoreForm(request.POST)
        if not form.is_valid():
            self.message_user(request, _("Choose at least one departure to restore."), messages.WARNING)
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
        count = len(change.departure_ids)
        self.log_change(
            request, change.schedule, f"Restored {counted(count, 'departure')} as of revision {revision.rev}"
        )
        text = ngettext(
            "Restored: %(count)d departure of %(day)s as of revision %(rev)d.",
            "Restored: %(count)d departures of %(day)s as of revision %(rev)d.",
            count,
        )
        facts = {"count": count, "day": date_format(revision.schedule_date), "rev": revision.rev}
        self.message_user(request, text % facts)
        return True


def _preview(revision: ScheduleRevision, departure_id: UUID | None) -> RestorePreview:
    preview = preview_restore(revision.schedule_date, revision.rev)
    return preview if departure_id is None else preview.about(departure_id)


def _departure_in(request: HttpRequest) -> UUID | None:
    """Return the departure from whose page the person comes, None if it is not from one."""
    try:
        return UUID(request.GET.get("departure", ""))
    except ValueError:
        return None


def _origin(revision: ScheduleRevision, departure_id: UUID | None) -> str:
    return reverse("console:departure", args=[revision.schedule_date, departure_id]) if departure_id else ""


def _document_page(revision: ScheduleRevision) -> str:
    return reverse("admin:scheduling_dailyschedule_change", args=[revision.schedule_id])


def _differences(
    revision: ScheduleRevision, describe_entry: Callable[[Entry, Callable[[Entry], str]], str]
) -> Iterator[tuple[str, str]]:
    """Yield the parts that the revision changed, and how; of what guides entered as `describe_entry` says it."""
    document = _present_document(revision)
    trips = {str(key): departure.trip_name for key, departure in document.departures.items()}
    for key, entry in sorted(revision.changes.get("departures", {}).items()):
        yield _departure_name(key, entry, trips), _lines(entry, whole_departure)
    adjustments = sorted(revision.changes.get("guide_adjustments", {}).items())
    known = guide_names(map(UUID, dict(adjustments))) | names_in(document)
    names = {str(guide_id): name for guide_id, name in known.items()}
    for key, entry in adjustments:
        guide = {"guide": names.get(key) or _("a guide who is on no team")}
        yield _("adjustments of %(guide)s") % guide, describe_entry(entry, _whole_adjustments)
    document_changes = revision.changes.get("document", {}) | _publication_change(revision)
    if document_changes:
        yield _("daily schedule"), "; ".join(difference_lines(document_changes))


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
    return str(name or _("a departure that is no longer planned"))


def _lines(entry: Entry, describe: Callable[[Entry], str]) -> str:
    if "fields" in entry:
        return "; ".join(difference_lines(entry["fields"]))
    side, text = ("new", _("added: %(what)s")) if "new" in entry else ("old", _("removed: %(what)s"))
    try:
        return text % {"what": describe(entry[side])}
    except (ValueError, AttributeError):
        return format_html("{}{}", text % {"what": _("what cannot be read")}, as_sent(written(entry[side])))


def _names_of_fields(entry: Entry, _describe: Callable[[Entry], str]) -> str:
    """Return what of an entry changed, and not to what."""
    fields = entry.get("fields") or entry.get("new") or entry.get("old") or {}
    return _("changed: %(what)s") % {"what": ", ".join(name.replace("_", " ") for name in sorted(fields))}


def _whole_adjustments(entry: Entry) -> str:
    return "; ".join(difference_lines({name: {"new": value} for name, value in entry.items()}))
