"""Schedule requests, their jobs and their outcomes in the console."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from events.admin import ViewOnly
from novatrek_scheduling.readable import Tones, for_support
from scheduling.admin.plan_names import (
    WithPlanNames,
    departure_text,
    link,
    row_link,
    trip_names,
)
from scheduling.admin.request_tables import as_id, constraints_table, result_tables
from scheduling.domain.words import in_words
from scheduling.models import Priority, RequestJob, RequestOutcome, ScheduleRequest

STATUS_TONES = Tones(pending="info", processing="warning", completed="success", failed="danger")


class PriorityFilter(admin.SimpleListFilter):
    """A filter by the requested priority."""

    title = gettext_lazy("priority")
    parameter_name = "priority"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(priority.value, capfirst(_(priority.label))) for priority in reversed(Priority)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(constraints__priority=self.value()) if self.value() else queryset


class ErrorFilter(admin.SimpleListFilter):
    """A filter by the error that a client was told."""

    title = gettext_lazy("error")
    parameter_name = "error"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = RequestOutcome.objects.exclude(error_code="").values_list("error_code", flat=True)
        return [(code, capfirst(_(in_words(code)))) for code in codes.order_by("error_code").distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(error_code=self.value()) if self.value() else queryset


@admin.register(ScheduleRequest)
class ScheduleRequestAdmin(ViewOnly):
    list_display = ["schedule_date", "state", "priority", "requested_by", "created_at", "trip"]
    list_filter = ["status", PriorityFilter, ("schedule_date", RangeDateFilter), ("created_at", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["outcome"]
    search_fields = ["=request_id", "requested_by", "constraints"]
    search_help_text = gettext_lazy("Request id, trip id or requester")
    ordering = ["-created_at"]
    fields = ["schedule_date", "state", "requested_by", "created_at", "request_fields", "outcome_text", "ids"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        names = trip_names(trip_id for row in rows if (trip_id := _trip_id(row)))
        for row in rows:
            trip_id = _trip_id(row)
            row.trip_name = names.get(trip_id) if trip_id else None
        return changelist

    @display(description=gettext_lazy("status"), ordering="status", label=STATUS_TONES)  # type: ignore[untyped-decorator]
    def state(self, request: ScheduleRequest) -> str:
        return _(in_words(request.status))

    @admin.display(description=gettext_lazy("priority"))
    def priority(self, request: ScheduleRequest) -> str:
        return _(in_words(str(request.constraints.get("priority", ""))))

    @admin.display(description=gettext_lazy("trip"))
    def trip(self, request: ScheduleRequest) -> str:
        return request.trip_name or _("a trip that has not been planned yet")  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("request"))
    def request_fields(self, request: ScheduleRequest) -> SafeString:
        return constraints_table(request.constraints)

    @admin.display(description=gettext_lazy("outcome"))
    def outcome_text(self, request: ScheduleRequest) -> SafeString | str:
        outcome = RequestOutcome.objects.filter(pk=request.pk).first()
        if outcome is None:
            return _("not yet available")
        if outcome.error_code:
            return f"{_error(outcome)}: {outcome.error_message}"
        return result_tables(outcome.result or {})

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, request: ScheduleRequest) -> SafeString:
        return for_support([(_("request"), request.pk), (_("trip"), request.constraints.get("trip_id"))])


@admin.register(RequestJob)
class RequestJobAdmin(ViewOnly):
    list_display = [
        "queued_at",
        "request_link",
        "priority",
        "attempts",
        "rounds",
        "silent_rounds",
        "lease_until",
        "not_before",
        "subject",
    ]
    list_filter = ["priority", "attempts", ("queued_at", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=request__request_id", "subject", "idempotency_key"]
    search_help_text = gettext_lazy("Request id, subject or idempotency key")
    list_select_related = ["request"]
    ordering = ["-queued_at"]
    exclude = ["request", "token", "body_hash", "idempotency_key"]
    readonly_fields = ["request_link", "ids"]

    @admin.display(description=gettext_lazy("request"))
    def request_link(self, job: RequestJob) -> SafeString:
        return row_link(job.request)

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, job: RequestJob) -> SafeString:
        known = [(_("request"), job.pk), (_("idempotency key"), job.idempotency_key)]
        return for_support([*known, (_("checksum of the request"), job.body_hash)])


@admin.register(RequestOutcome)
class RequestOutcomeAdmin(WithPlanNames):
    list_display = ["completed_at", "request_link", "error", "error_message", "departure", "run"]
    list_filter = [ErrorFilter, ("completed_at", RangeDateFilter)]
    list_select_related = ["request"]
    list_filter_submit = True
    search_fields = ["=request__request_id", "=departure_id", "=run_id", "error_message"]
    search_help_text = gettext_lazy("Id of the request, departure or optimization run, or message")
    ordering = ["-completed_at"]
    fields = ["request_link", "completed_at", "error", "error_message", "departure", "run", "result_text", "ids"]

    @admin.display(description=gettext_lazy("request"))
    def request_link(self, outcome: RequestOutcome) -> SafeString:
        return row_link(outcome.request)

    @admin.display(description=gettext_lazy("error"), ordering="error_code")
    def error(self, outcome: RequestOutcome) -> str:
        return _error(outcome)

    @admin.display(description=gettext_lazy("departure"))
    def departure(self, outcome: RequestOutcome) -> SafeString | str:
        return departure_text(outcome)

    @admin.display(description=gettext_lazy("optimization run"))
    def run(self, outcome: RequestOutcome) -> SafeString | str:
        if outcome.run_id is None:
            return ""
        return link(reverse("admin:optimization_optimizationrun_change", args=[outcome.run_id]), _("its run"))

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, outcome: RequestOutcome) -> SafeString:
        known = [(_("request"), outcome.pk), (_("departure"), outcome.departure_id)]
        return for_support([*known, (_("optimization run"), outcome.run_id)])

    @admin.display(description=gettext_lazy("result"))
    def result_text(self, outcome: RequestOutcome) -> SafeString | str:
        return result_tables(outcome.result) if outcome.result else ""


def _error(outcome: RequestOutcome) -> str:
    return _(in_words(outcome.error_code)) if outcome.error_code else ""


def _trip_id(request: ScheduleRequest) -> UUID | None:
    return as_id(request.constraints.get("trip_id"))
