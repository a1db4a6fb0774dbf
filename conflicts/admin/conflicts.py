"""Conflicts in the console: what is wrong, its history, resolving it, and withdrawing an acceptance."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from conflicts.admin.forms import ResolveForm, SeverityFilter, WithdrawForm
from conflicts.admin.many import MOST_AT_ONCE, ResolveManyForm, plan_context, sentences_about
from conflicts.admin.outcome_text import message_about
from conflicts.choices import CAUSE_LABELS, SEVERITY_LABELS, ResolutionStatus
from conflicts.detection import Cause
from conflicts.history.sentences import describe
from conflicts.models import ConflictEvent, RiskAcceptance, ScheduleConflict
from conflicts.options import options_in
from conflicts.resolution.acceptance import withdraw_acceptance
from conflicts.resolution.bulk import resolve_conflicts
from conflicts.resolution.services import resolve_conflict
from events.admin import ViewOnly
from novatrek_scheduling.api.overriding import may_override, refuse_override
from novatrek_scheduling.errors import DomainError
from scheduling.admin.formatting import DEPARTURE_COLUMNS, departure_rows, table
from scheduling.admin.region_names import region_name

RESOLVE = "conflicts.resolve_scheduleconflict"
MOST_EVENTS = 100
SEVERITY_COLOURS = {"low": "info", "medium": "warning", "high": "danger", "critical": "danger"}
STATE_COLOURS = {"open": "warning", "risk accepted": "info", "resolved": "success"}


@admin.register(ScheduleConflict)
class ScheduleConflictAdmin(ViewOnly):
    list_display = ["description", "level", "conflict_type", "conflict_date", "region", "age", "state"]
    list_filter = ["resolved", SeverityFilter, "conflict_type", ("schedule__schedule_date", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["schedule"]
    search_fields = ["=conflict_id", "details"]
    search_help_text = "Text of the description, or the id of a guide, a trip, a trail or a departure"
    ordering = ["resolved", "-detected_at"]
    fields = [
        "description",
        "level",
        "state",
        "cause",
        "conflict_date",
        "region",
        "detected_at",
        "departures",
        "options",
        "history",
    ]
    actions = ["resolve_many"]
    actions_detail = ["resolve", "withdraw"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        conflicts: QuerySet[Any] = super().get_queryset(request)
        return conflicts.prefetch_related("acceptances")

    def has_resolve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """True for an open conflict and a person who may resolve; without `object_id` for the person alone."""
        is_open = object_id is None or ScheduleConflict.objects.open().filter(pk=object_id).exists()
        return is_open and request.user.has_perm(RESOLVE)

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """True for a conflict whose risk is accepted now and a person who may resolve."""
        in_force = RiskAcceptance.objects.in_force(timezone.now()).filter(conflict=object_id)
        return request.user.has_perm(RESOLVE) and in_force.exists()

    @admin.display(description="Conflict")
    def description(self, conflict: ScheduleConflict) -> str:
        return str(conflict.details.get("description", ""))

    @display(description="Severity", label=SEVERITY_COLOURS)  # type: ignore[untyped-decorator]
    def level(self, conflict: ScheduleConflict) -> str:
        return SEVERITY_LABELS[conflict.severity]

    @display(description="State", ordering="resolved", label=STATE_COLOURS)  # type: ignore[untyped-decorator]
    def state(self, conflict: ScheduleConflict) -> str:
        if not conflict.resolved:
            return "open"
        now = timezone.now()
        is_accepted = any(acceptance.is_in_force(now) for acceptance in conflict.acceptances.all())
        return "risk accepted" if is_accepted else "resolved"

    @admin.display(description="Cause")
    def cause(self, conflict: ScheduleConflict) -> str:
        read_at = conflict.details["evidence"]["read_at"]
        evidence = ", ".join(f"{source} on {_localized(time)}" for source, time in sorted(read_at.items()))
        return f"{CAUSE_LABELS[Cause(conflict.details['cause'])]}; read from {evidence}"

    @admin.display(description="Date", ordering="schedule__schedule_date")
    def conflict_date(self, conflict: ScheduleConflict) -> str:
        return localize(conflict.schedule.schedule_date)

    @admin.display(description="Region")
    def region(self, conflict: ScheduleConflict) -> str:
        return region_name(conflict.details["region_id"]) if "region_id" in conflict.details else ""

    @admin.display(description="Age", ordering="-detected_at")
    def age(self, conflict: ScheduleConflict) -> str:
        return timesince(conflict.detected_at)

    @admin.display(description="Departures")
    def departures(self, conflict: ScheduleConflict) -> SafeString:
        about = conflict.details["departure_ids"]
        departures = [d for key, d in conflict.schedule.document.departures.items() if str(key) in about]
        return table(DEPARTURE_COLUMNS, departure_rows(departures))

    @admin.display(description="Options")
    def options(self, conflict: ScheduleConflict) -> SafeString:
        rows = [(option.description, option.impact_assessment) for option in options_in(conflict.details)]
        return table(("Option", "Impact"), rows)

    @admin.display(description="History")
    def history(self, conflict: ScheduleConflict) -> SafeString:
        events = ConflictEvent.objects.filter(fingerprint=conflict.details["fingerprint"]).order_by("-id")
        rows = [
            (localize(event.occurred_at), event.get_kind_display(), event.by or "system", describe(event))
            for event in events[:MOST_EVENTS]
        ]
        return table(("Time", "Event", "By", "What"), rows)

    @action(
        description="Resolve",
        url_path="resolve",
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
        permissions=["resolve"],
    )  # type: ignore[untyped-decorator]
    def resolve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the conflict's options, and apply the chosen one."""
        conflict = get_object_or_404(ScheduleConflict.objects.select_related("schedule"), pk=object_id)
        form = ResolveForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and self._resolve(request, conflict, form.cleaned_data):
            return redirect(reverse("admin:conflicts_scheduleconflict_change", args=[conflict.pk]))
        conflict.refresh_from_db()
        context = {
            "title": f"Resolve: {conflict.details.get('description', conflict)}",
            "opts": self.opts,
            "conflict": conflict,
            "options": options_in(conflict.details),
            "form": form,
            "may_override": may_override(request.user),
        }
        page = "admin/conflicts/scheduleconflict/resolve.html"
        return render(request, page, self.admin_site.each_context(request) | context)

    @action(description="Withdraw the acceptance", url_path="withdraw", icon="undo", permissions=["withdraw"])  # type: ignore[untyped-decorator]
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show who accepted the risk and why, and withdraw that once confirmed."""
        conflict = get_object_or_404(ScheduleConflict.objects.select_related("schedule"), pk=object_id)
        form = WithdrawForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            shown = self._withdraw(request, conflict, form.cleaned_data["notes"])
            return redirect(reverse("admin:conflicts_scheduleconflict_change", args=[shown]))
        acceptance = conflict.acceptances.in_force(timezone.now()).first()
        context = {
            "title": "Withdraw the acceptance",
            "opts": self.opts,
            "conflict": conflict,
            "acceptance": acceptance,
        }
        page = "admin/conflicts/scheduleconflict/withdraw.html"
        return render(request, page, self.admin_site.each_context(request) | context)

    def _withdraw(self, request: HttpRequest, conflict: ScheduleConflict, notes: str) -> UUID:
        """Withdraw, and return the conflict to show: the one that is open again, if any."""
        try:
            reopened = withdraw_acceptance(conflict.pk, by=request.user.get_username(), notes=notes)
        except DomainError as error:
            self.message_user(request, error.message, messages.WARNING)
            return conflict.pk
        self.log_change(request, conflict, "Acceptance withdrawn")
        self.message_user(request, "The acceptance is withdrawn.")
        return reopened.pk if reopened else conflict.pk

    def get_urls(self) -> list[URLPattern]:
        many = self.admin_site.admin_view(self.resolve_chosen)
        return [path("resolve-many/", many, name="conflicts_scheduleconflict_resolve_many"), *super().get_urls()]

    @admin.action(description="Resolve with the best option of each", permissions=["resolve"])
    def resolve_many(self, request: HttpRequest, queryset: QuerySet[ScheduleConflict]) -> HttpResponse | None:
        """Show what would be done about the selected conflicts, one after the other."""
        selected = list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(selected) > MOST_AT_ONCE:
            self.message_user(request, f"Choose at most {MOST_AT_ONCE} conflicts.", messages.WARNING)
            return None
        context = self.admin_site.each_context(request) | plan_context(selected) | {"opts": self.opts}
        return render(request, "admin/conflicts/scheduleconflict/resolve_many.html", context)

    def resolve_chosen(self, request: HttpRequest) -> HttpResponse:
        """Do what the page showed and is still ticked, and say what became of each conflict."""
        if not self.has_resolve_permission(request):
            raise PermissionDenied
        form = ResolveManyForm(request.POST)
        if form.is_valid():
            by, notes = request.user.get_username(), form.cleaned_data["notes"]
            for text, level in sentences_about(resolve_conflicts(form.cleaned_data["choices"], by=by, notes=notes)):
                self.message_user(request, text, level)
        else:
            asked = f"Choose at least one conflict to resolve, and at most {MOST_AT_ONCE}."
            self.message_user(request, asked, messages.WARNING)
        return redirect(reverse("admin:conflicts_scheduleconflict_changelist"))

    def _resolve(self, request: HttpRequest, conflict: ScheduleConflict, chosen: dict[str, Any]) -> bool:
        try:
            if chosen["override_warnings"]:
                refuse_override(request.user)
            outcome = resolve_conflict(
                conflict.pk,
                chosen["option"],
                by=request.user.get_username(),
                notes=chosen["notes"],
                override_warnings=chosen["override_warnings"],
                accept_until=chosen["accept_until"],
            )
        except DomainError as error:
            self.message_user(request, _explain(error), messages.WARNING)
            return False
        self.log_change(request, conflict, f"Resolved: {outcome.applied_strategy.label}")
        self.message_user(request, *message_about(outcome))
        return outcome.resolution_status is not ResolutionStatus.FAILED


def _localized(timestamp: str) -> str:
    return localize(datetime.fromisoformat(timestamp).astimezone(UTC))


def _explain(error: DomainError) -> str:
    return " ".join([error.message, *(problem.reason for problem in error.problems)])
