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
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from events.admin import ViewOnly
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import DomainError
from novatrek_scheduling.readable import Tones, for_support
from scheduling.admin.plan_names import guide_link
from scheduling.admin.region_names import known_regions
from scheduling.calendars.tokens import issue_calendar_token, revoke_calendar_token
from scheduling.domain.facts import Sibling
from scheduling.domain.namesakes import told_apart
from scheduling.models import CalendarToken
from scheduling.siblings import guide_management
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.translation import guide_of

ISSUE_PERMISSION = "scheduling.issue_calendartoken"
LIST = "admin:scheduling_calendartoken_changelist"
TEMPLATES = "admin/scheduling/calendartoken"


class ActiveFilter(admin.SimpleListFilter):
    """A filter by the state of a token."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("active", capfirst(_("active"))), ("revoked", capfirst(_("revoked")))]

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
        choices = [("", _("Choose a guide")), *((str(key), name) for key, name in ordered)]
        self.fields["guide_id"] = forms.ChoiceField(label=_("Guide"), choices=choices, widget=UnfoldAdminSelectWidget)


@admin.register(CalendarToken)
class CalendarTokenAdmin(ViewOnly):
    list_display = ["guide_name", "state", "created_at", "created_by", "revoked_at", "revoked_by"]
    list_filter = [ActiveFilter, "created_at"]
    search_fields = ["guide_name", "=guide_id", "created_by"]
    search_help_text = gettext_lazy("Name or id of the guide, or issuer")
    ordering = ["guide_name", "-created_at"]
    fields = ["guide", "state", "created_at", "created_by", "revoked_at", "revoked_by", "ids"]
    actions_list = ["issue"]
    actions_detail = ["revoke"]

    def has_issue_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(ISSUE_PERMISSION)

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"), label=Tones(active="success", stopped="warning", revoked="info")
    )
    def state(self, token: CalendarToken) -> str:
        if token.revoked_at:
            return _("revoked")
        return _("stopped") if token.stopped_at else _("active")

    @admin.display(description=gettext_lazy("guide"))
    def guide(self, token: CalendarToken) -> SafeString:
        return guide_link(token.guide_id, token.guide_name)

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, token: CalendarToken) -> SafeString:
        return for_support([(_("guide"), token.guide_id)])

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Issue"),
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
        return self._page(request, "issue.html", title=_("Issue a calendar token"), form=form)

    def _issued(self, request: HttpRequest, guide_id: UUID, guides: dict[UUID, str]) -> HttpResponse:
        issued = issue_calendar_token(guide_id, guide_name=guides[guide_id], by=request.user.get_username())
        self.log_addition(request, issued.row, "Issued")
        address = request.build_absolute_uri(issued.path)
        return self._page(
            request, "issued.html", title=_("Calendar of %(guide)s") % {"guide": issued.row.guide_name}, address=address
        )

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Revoke"),
        url_path="revoke",
        icon="key_off",
        variant=ActionVariant.DANGER,
        permissions=["issue"],
    )
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a confirmation page, and revoke the token once confirmed."""
        token = get_object_or_404(CalendarToken, pk=object_id)
        if request.method != "POST":
            return self._page(request, "revoke.html", title=_("Revoke the %(token)s") % {"token": token}, token=token)
        try:
            revoke_calendar_token(token, by=request.user.get_username())
        except DomainError as error:
            self.message_user(request, error.message, messages.WARNING)
        else:
            self.log_change(request, token, "Revoked")
            self.message_user(request, _("Revoked: %(what)s.") % {"what": token})
        return redirect(reverse(LIST))

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        full_context = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, f"{TEMPLATES}/{template}", full_context)


def _kept(guide_id: str) -> IssueForm:
    """Return the form with the chosen guide alone, while nobody lists the guides: what was chosen is sent again."""
    try:
        return IssueForm({UUID(guide_id): _("The guide chosen before")}, {"guide_id": guide_id})
    except ValueError:
        return IssueForm({})


def _guides() -> dict[UUID, str]:
    """Return the names of all guides by id. Raise SiblingUnavailable."""
    reader = SiblingReader(Deadline.after(settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]))
    with Lookups(reader.deadline) as lookups:
        reading = lookups.branch(guide_management.read_guides, reader, lookups)
        guides = lookups.result(Sibling.GUIDE_MANAGEMENT, reading)
    named = told_apart({guide.id: guide_of(guide) for guide in guides.entries}, known_regions())
    return {key: guide.name for key, guide in named.items()}
