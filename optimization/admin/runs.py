"""Optimization runs in the console: result, effort and input facts."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from events.admin import ViewOnly
from novatrek_scheduling.api.overriding import may_override
from novatrek_scheduling.errors import DomainError
from optimization.admin.compare_page import compare_context
from optimization.admin.fairness_page import fairness_urls
from optimization.admin.fragility_page import fragility_urls
from optimization.days.queue import accept_unstaffed
from optimization.models import Algorithm, OptimizationRun, RunDetail
from optimization.proposals.services import propose_again
from optimization.runs.comparison import UnknownRun, compare_runs
from optimization.solver.solution import PlanStatus
from scheduling.admin.formatting import table
from scheduling.admin.region_names import region_list
from scheduling.domain.text import counted
from scheduling.domain.words import in_words

STATUS_LABELS = {"running": "info", "completed": "success", "failed": "danger"}
PROOF_LABELS = {"optimal": "success", "greedy": "warning"}
SUBJECTS: dict[str, str] = {
    RunDetail.Subject.DAY: "day",
    RunDetail.Subject.REQUEST: "schedule request",
    RunDetail.Subject.QUESTION: "trip query",
}
OBJECTIVES = {
    "guests": "Guests served (maximized)",
    "kept": "Assignments kept from the previous plan (maximized)",
    "loss": "Loss of quality against perfect teams (minimized)",
}
MILLISECONDS = 1000


Answer_co = TypeVar("Answer_co", covariant=True)


class Ask(Protocol[Answer_co]):
    def __call__(self, run: OptimizationRun, *, by: str) -> Answer_co: ...


@admin.register(OptimizationRun)
class OptimizationRunAdmin(ViewOnly):
    list_display = [
        "schedule_date",
        "subject_and_regions",
        "state",
        "proof",
        "method",
        "score",
        "staffing",
        "duration",
        "started_at",
    ]
    list_filter = [("schedule_date", RangeDateFilter), "status", "algorithm", "detail__subject"]
    list_filter_submit = True
    list_select_related = ["detail"]
    search_fields = ["=run_id", "=detail__request_id"]
    search_help_text = "Id of the run or of the schedule request"
    ordering = ["-started_at"]
    actions = ["compare", "plan_again", "accept"]
    fieldsets = [
        (None, {"fields": ["schedule_date", "subject", "schedule_request", "regions", "state", "error", "joined_by"]}),
        ("Result", {"fields": ["score", "staffing", "moves", "proof", "objective"]}),
        ("Effort", {"fields": ["algorithm", "started_at", "completed_at", "duration", "size"]}),
        ("Input facts", {"fields": ["ages", "unknown", "left_out", "digest", "run_id"]}),
    ]

    @admin.display(description="Subject", ordering="detail__subject")
    def subject_and_regions(self, run: OptimizationRun) -> str:
        return self.regions(run) or self.subject(run)

    @admin.display(description="Subject")
    def subject(self, run: OptimizationRun) -> str:
        return SUBJECTS.get(_detail(run).subject, "")

    @admin.display(description="Regions")
    def regions(self, run: OptimizationRun) -> str:
        return region_list(_detail(run).region_ids)

    @display(description="Status", ordering="status", label=STATUS_LABELS)  # type: ignore[untyped-decorator]
    def state(self, run: OptimizationRun) -> str:
        return in_words(run.status)

    @display(description="Proof", ordering="detail__proof", label=PROOF_LABELS)  # type: ignore[untyped-decorator]
    def proof(self, run: OptimizationRun) -> str:
        detail = _detail(run)
        return _proof_text(detail) if detail.proof else ""

    @admin.display(description="Staffed")
    def staffing(self, run: OptimizationRun) -> str:
        detail = _detail(run)
        return f"{detail.staffed}/{detail.staffed + detail.unstaffed}" if detail.proof else ""

    @admin.display(description="Algorithm", ordering="algorithm")
    def method(self, run: OptimizationRun) -> str:
        return "HiGHS" if run.algorithm == Algorithm.MILP_HIGHS else run.algorithm

    @admin.display(description="Duration", ordering="duration_ms")
    def duration(self, run: OptimizationRun) -> str:
        return _seconds(run.duration_ms) if run.completed_at else ""

    @admin.display(description="Schedule request")
    def schedule_request(self, run: OptimizationRun) -> SafeString | str:
        request_id = _detail(run).request_id
        if request_id is None:
            return ""
        address = reverse("admin:scheduling_schedulerequest_change", args=[request_id])
        return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, request_id)

    @admin.display(description="Objectives (lexicographic)")
    def objective(self, run: OptimizationRun) -> SafeString | str:
        objective = _detail(run).objective
        attained, bounds = objective.get("attained", {}), objective.get("bounds", {})
        rows = [(label, attained[name], bounds.get(name, "")) for name, label in OBJECTIVES.items() if name in attained]
        return table(("Objective", "Attained", "Bound"), rows) if rows else ""

    @admin.display(description="Model size")
    def size(self, run: OptimizationRun) -> str:
        detail = _detail(run)
        return f"{detail.variables} variables, {detail.rows} rows, solved in {_seconds(detail.solve_ms)}"

    @admin.display(description="Age of the facts")
    def ages(self, run: OptimizationRun) -> SafeString | str:
        ages: Mapping[str, float] = _detail(run).inputs.get("age_seconds", {})
        # Facts read after the start of the snapshot have a negative age.
        rows = [(sibling, f"{max(0.0, seconds):.1f} s") for sibling, seconds in sorted(ages.items())]
        return table(("Sibling", "Age when used"), rows) if rows else ""

    @admin.display(description="Unknown facts")
    def unknown(self, run: OptimizationRun) -> SafeString | str:
        unknown: Mapping[str, str] = _detail(run).inputs.get("unknown", {})
        return table(("Sibling", "Reason"), sorted(unknown.items())) if unknown else ""

    @admin.display(description="Records off their contract")
    def left_out(self, run: OptimizationRun) -> SafeString | str:
        records: list[Mapping[str, str]] = _detail(run).inputs.get("left_out", [])
        rows = [(record["sibling"], f"{record['kind']} {record['id']}", record["reason"]) for record in records]
        return table(("Sibling", "Record", "Reason"), rows) if rows else ""

    @admin.display(description="Problem hash")
    def digest(self, run: OptimizationRun) -> str:
        return str(_detail(run).inputs.get("hash", ""))

    @admin.display(description="Error")
    def error(self, run: OptimizationRun) -> str:
        return _detail(run).error

    @admin.display(description="Guides reassigned")
    def moves(self, run: OptimizationRun) -> str:
        detail = _detail(run)
        allowed = "" if detail.max_changes is None else f" of at most {detail.max_changes}"
        return "" if detail.moved is None else f"{detail.moved}{allowed}"

    @admin.display(description="Joined by")
    def joined_by(self, run: OptimizationRun) -> SafeString | str:
        joins = [(join.by, date_format(localtime(join.joined_at), "DATETIME_FORMAT")) for join in run.joins.all()]
        return table(("Requester of an equal run", "Time"), joins) if joins else ""

    def has_rerun_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scheduling.change_dailyschedule")

    def has_accept_permission(self, request: HttpRequest) -> bool:
        return may_override(request.user)

    def get_urls(self) -> list[URLPattern]:
        address = path(
            "compare/<uuid:first>/<uuid:second>/",
            self.admin_site.admin_view(self.compare_page),
            name="optimization_optimizationrun_compare",
        )
        pages = [*fairness_urls(self.admin_site), *fragility_urls(self.admin_site)]
        return [address, *pages, *super().get_urls()]

    @admin.action(description="Compare two runs", permissions=["view"])
    def compare(self, request: HttpRequest, queryset: QuerySet[OptimizationRun]) -> HttpResponse | None:
        """Compare the two selected runs, the earlier one first."""
        try:
            first, second = queryset.order_by("started_at").values_list("pk", flat=True)[:3]
        except ValueError:
            self.message_user(request, "Choose two runs to compare.", messages.WARNING)
            return None
        return redirect("admin:optimization_optimizationrun_compare", first, second)

    def compare_page(self, request: HttpRequest, first: UUID, second: UUID) -> HttpResponse:
        """Show the comparison of two runs. Requires the permission to view runs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            context = compare_context(compare_runs(first, second))
        except UnknownRun as error:
            raise Http404(error.message) from error
        page = "admin/optimization/optimizationrun/compare.html"
        return render(request, page, self.admin_site.each_context(request) | context | {"opts": self.opts})

    @admin.action(description="Propose new plans for the dates", permissions=["rerun"])
    def plan_again(self, request: HttpRequest, queryset: QuerySet[OptimizationRun]) -> HttpResponse | None:
        """Ask for proposals for the dates and regions of the selected runs; one is shown at once."""
        proposals = self._each(request, queryset, propose_again)
        if len(proposals) == 1:
            return redirect("console:proposal", proposals[0].pk)
        return redirect("console:proposals") if proposals else None

    @admin.action(description="Accept that published departures lose their teams", permissions=["accept"])
    def accept(self, request: HttpRequest, queryset: QuerySet[OptimizationRun]) -> None:
        """Queue runs again that were refused for the teams they took, with these teams given up."""
        if queued := self._each(request, queryset, accept_unstaffed):
            self.message_user(request, f"Queued: {counted(len(queued), 'date')} to optimize again.")

    def _each(self, request: HttpRequest, queryset: QuerySet[OptimizationRun], ask: Ask[Answer_co]) -> list[Answer_co]:
        """Ask for something for each run, and return the answers; refusals are said to the user."""
        answers = []
        for run in queryset.select_related("detail"):
            try:
                answers.append(ask(run, by=request.user.get_username()))
            except DomainError as error:
                self.message_user(request, error.message, messages.WARNING)
        return answers

    def get_fieldsets(self, request: HttpRequest, obj: OptimizationRun | None = None) -> Any:
        """Return the fieldsets without the fields that are empty for this run."""
        fieldsets = super().get_fieldsets(request, obj)
        return [(title, options | {"fields": _non_empty(options["fields"], obj)}) for title, options in fieldsets]


def _non_empty(fields: list[str], run: OptimizationRun | None) -> list[str]:
    detail = _detail(run) if run else RunDetail()
    empty = {
        "schedule_request": detail.request_id is None,
        "regions": not detail.region_ids,
        "objective": not detail.objective,
        "unknown": not detail.inputs.get("unknown"),
        "left_out": not detail.inputs.get("left_out"),
        "error": not detail.error,
        "moves": detail.moved is None,
        "joined_by": not (run and run.joins.exists()),
    }
    return [field for field in fields if not empty.get(field)]


def _detail(run: OptimizationRun) -> RunDetail:
    """Return the details of a run, or empty ones for a run of a release without details."""
    return getattr(run, "detail", None) or RunDetail()


def _proof_text(detail: RunDetail) -> str:
    if detail.proof == PlanStatus.PROVEN:
        return "optimal"
    if detail.proof == PlanStatus.BEST_FOUND and detail.gap and detail.gap < 1:
        return f"at most {detail.gap:.1%} off"
    return "best found" if detail.proof == PlanStatus.BEST_FOUND else "greedy"


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / MILLISECONDS:.1f} s" if milliseconds >= MILLISECONDS else f"{milliseconds} ms"
