"""Schedule requests, their jobs and their outcomes in the console."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from events.admin import ViewOnly
from scheduling.admin.formatting import table
from scheduling.domain.words import in_words
from scheduling.models import RequestJob, RequestOutcome, ScheduleRequest

STATUS_LABELS = {"pending": "info", "processing": "warning", "completed": "success", "failed": "danger"}

Result = Mapping[str, Any]


class PriorityFilter(admin.SimpleListFilter):
    """A filter by the requested priority."""

    title = "priority"
    parameter_name = "priority"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("URGENT", "Urgent"), ("HIGH", "High"), ("NORMAL", "Normal")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(constraints__priority=self.value()) if self.value() else queryset


@admin.register(ScheduleRequest)
class ScheduleRequestAdmin(ViewOnly):
    list_display = ["schedule_date", "state", "priority", "requested_by", "created_at", "trip", "request_id"]
    list_filter = ["status", PriorityFilter, ("schedule_date", RangeDateFilter), ("created_at", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["outcome"]
    search_fields = ["=request_id", "requested_by", "constraints"]
    search_help_text = "Request id, trip id or requester"
    ordering = ["-created_at"]
    exclude = ["constraints"]
    readonly_fields = ["request_fields", "outcome_text"]

    @display(description="Status", ordering="status", label=STATUS_LABELS)  # type: ignore[untyped-decorator]
    def state(self, request: ScheduleRequest) -> str:
        return in_words(request.status)

    @admin.display(description="Priority")
    def priority(self, request: ScheduleRequest) -> str:
        return in_words(str(request.constraints.get("priority", "")))

    @admin.display(description="Trip")
    def trip(self, request: ScheduleRequest) -> str:
        return str(request.constraints.get("trip_id", ""))

    @admin.display(description="Request")
    def request_fields(self, request: ScheduleRequest) -> SafeString:
        return constraints_table(request.constraints)

    @admin.display(description="Outcome")
    def outcome_text(self, request: ScheduleRequest) -> SafeString | str:
        outcome = RequestOutcome.objects.filter(pk=request.pk).first()
        if outcome is None:
            return "not yet available"
        if outcome.error_code:
            return f"{outcome.error_code}: {outcome.error_message}"
        return result_tables(outcome.result or {})


@admin.register(RequestJob)
class RequestJobAdmin(ViewOnly):
    list_display = [
        "request_id",
        "priority",
        "attempts",
        "rounds",
        "silent_rounds",
        "lease_until",
        "queued_at",
        "not_before",
        "subject",
    ]
    list_filter = ["priority", "attempts", ("queued_at", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=request__request_id", "subject", "idempotency_key"]
    search_help_text = "Request id, subject or idempotency key"
    ordering = ["-queued_at"]


@admin.register(RequestOutcome)
class RequestOutcomeAdmin(ViewOnly):
    list_display = ["request_id", "completed_at", "error_code", "error_message", "departure_id", "run_id"]
    list_filter = ["error_code", ("completed_at", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=request__request_id", "=departure_id", "=run_id", "error_message"]
    search_help_text = "Id of the request, departure or optimization run, or message"
    ordering = ["-completed_at"]
    exclude = ["result"]
    readonly_fields = ["result_text"]

    @admin.display(description="Result")
    def result_text(self, outcome: RequestOutcome) -> SafeString | str:
        return result_tables(outcome.result) if outcome.result else ""


def constraints_table(constraints: Mapping[str, Any]) -> SafeString:
    """The request as the client sent it, one line a field."""
    return table(("Field", "Value"), [(name.replace("_", " "), _plain(value)) for name, value in constraints.items()])


def result_tables(result: Result) -> SafeString:
    """Return the recommended dates with their teams, the best first, the warnings and the weather."""
    teams = _teams(result.get("guide_assignments", ()))
    dates = [_date_row(recommended, teams) for recommended in result.get("recommended_dates", ())]
    warnings = [
        (warning["severity"], warning["message"], warning["source_service"])
        for warning in result.get("conflict_warnings", ())
    ]
    return format_html(
        "{}{}<p>{}</p>",
        table(("Date", "Score", "Availability", "Team", "Weather, trail", "Notes"), dates),
        table(("Severity", "Warning", "Source"), warnings) if warnings else "",
        _weather(result.get("weather_summary", {})),
    )


def _teams(assignments: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    teams: dict[str, list[str]] = {}
    for assignment in assignments:
        member = f"{assignment['guide_name']} ({assignment['assignment_status'].replace('_', ' ').lower()})"
        teams.setdefault(assignment["date"], []).append(member)
    return teams


def _date_row(recommended: Mapping[str, Any], teams: Mapping[str, list[str]]) -> tuple[str, ...]:
    conditions = (recommended.get("weather_outlook", ""), recommended.get("trail_condition", ""))
    return (
        localize(date.fromisoformat(recommended["date"])),
        str(recommended["score"]),
        recommended["availability_status"].lower(),
        ", ".join(teams.get(recommended["date"], ())),
        ", ".join(condition.replace("_", " ").lower() for condition in conditions if condition),
        recommended.get("notes", ""),
    )


def _weather(summary: Mapping[str, Any]) -> str:
    if not summary:
        return ""
    return f"Weather: {summary.get('conditions', '')}; confidence {summary.get('forecast_confidence', 0):.0%}."


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_plain(item)}" for name, item in value.items())
    return str(value)
