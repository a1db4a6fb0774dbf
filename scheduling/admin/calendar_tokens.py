"""Calendar tokens in the console: the list, and pages that issue and revoke the address of a guide's calendar."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from events.admin import ViewOnly
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import DomainError
from scheduling.calendars.tokens import issue_calendar_token, revoke_calendar_token
from scheduling.models import CalendarToken
from scheduling.siblings import guide_management
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups

ISSUE_PERMISSION = "scheduling.issue_calendartoken"
LIST = "admin:scheduling_calendartoken_changelist"
TEMPLATES = "admin/scheduling/calendartoken"


class ActiveFilter(admin.SimpleListFilter):
    """A filter by the state of a token."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("active", "Active"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        by_state: dict[str | None, QuerySet[Any]] = {
            "active": queryset.filter(revoked_at=None),
            "revoked": queryset.filter(revoked_at__isnull=False),
        }
        return by_state.get(self.value(), queryset)


class IssueForm(forms.Form):
    """The selection of a guide from those of svc-guide-management."""

    def __init__(self, guides: dict[UUID, str], data: Any = None) -> None:
        super().__init__(data)
        ordered = sorted(guides.items(), key=lambda guide: (guide[1], guide[0]))
        choices = [("", "Choose a guide"), *((str(key), f"{name} ({str(key)[:8]})") for key, name in ordered)]
        self.fields["guide_id"] = forms.ChoiceField(label="Guide", choices=choices, widget=UnfoldAdminSelectWidget)


@admin.register(CalendarToken)
class CalendarTokenAdmin(ViewOnly):
    list_display = ["guide_name", "state", "created_at", "created_by", "revoked_at", "revoked_by"]
    list_filter = [ActiveFilter, "created_at"]
    search_fields = ["guide_name", "=guide_id", "created_by"]
    search_help_text = "Name or id of the guide, or issuer"
    ordering = ["guide_name", "-created_at"]
    fields = ["guide_name", "guide_id", "state", "created_at", "created_by", "revoked_at", "revoked_by"]
    readonly_fields = ["state"]
    actions_list = ["issue"]
    actions_detail = ["revoke"]

    def has_issue_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(ISSUE_PERMISSION)

    @display(description="State", label={"active": "success", "stopped": "warning", "revoked": "info"})  # type: ignore[untyped-decorator]
    def state(self, token: CalendarToken) -> str:
        if token.revoked_at:
            return "revoked"
        return "stopped" if token.stopped_at else "active"

    @action(  # type: ignore[untyped-decorator]
        description="Issue",
        url_path="issue",
        icon="key",
        variant=ActionVariant.PRIMARY,
        permissions=["issue"],
    )
    def issue(self, request: HttpRequest) -> HttpResponse:
        """Ask for the guide, issue a token, and show the address of the calendar once."""
        try:
            guides = _guides()
            form = IssueForm(guides, request.POST or None)
            if form.is_valid():
                return self._issued(request, UUID(form.cleaned_data["guide_id"]), guides)
        except DomainError as error:
            self.message_user(request, error.message, messages.WARNING)
            if "guide_id" not in request.POST:
                return redirect(reverse(LIST))
            form = _kept(request.POST["guide_id"])
        return self._page(request, "issue.html", title="Issue a calendar token", form=form)

    def _issued(self, request: HttpRequest, guide_id: UUID, guides: dict[UUID, str]) -> HttpResponse:
        issued = issue_calendar_token(guide_id, guide_name=guides[guide_id], by=request.user.get_username())
        self.log_addition(request, issued.row, "Issued")
        address = request.build_absolute_uri(issued.path)
        return self._page(request, "issued.html", title=f"Calendar of {issued.row.guide_name}", address=address)

    @action(  # type: ignore[untyped-decorator]
        description="Revoke", url_path="revoke", icon="key_off", variant=ActionVariant.DANGER, permissions=["issue"]
    )
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a confirmation page, and revoke the token once confirmed."""
        token = get_object_or_404(CalendarToken, pk=object_id)
        if request.method != "POST":
            return self._page(request, "revoke.html", title=f"Revoke the {token}", token=token)
        try:
            revoke_calendar_token(token, by=request.user.get_username())
        except DomainError as error:
            self.message_user(request, error.message, messages.WARNING)
        else:
            self.log_change(request, token, "Revoked")
            self.message_user(request, f"Revoked: {token}.")
        return redirect(reverse(LIST))

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        full_context = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, f"{TEMPLATES}/{template}", full_context)


def _kept(guide_id: str) -> IssueForm:
    """Return the form with the chosen guide alone, while nobody lists the guides: what was chosen is sent again."""
    try:
        return IssueForm({UUID(guide_id): "The guide chosen before"}, {"guide_id": guide_id})
    except ValueError:
        return IssueForm({})


def _guides() -> dict[UUID, str]:
    """Return the names of all guides by id. Raise SiblingUnavailable."""
    reader = SiblingReader(Deadline.after(settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]))
    with Lookups(reader.deadline) as lookups:
        guides = guide_management.read_guides(reader, lookups)
    return {guide.id: f"{guide.first_name} {guide.last_name}".strip() for guide in guides.entries}
