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
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from events.admin import ViewOnly
from novatrek_scheduling.api.overriding import may_override
from novatrek_scheduling.errors import DomainError
from novatrek_scheduling.readable import Tones, for_support
from optimization.admin.compare_page import compare_context
from optimization.admin.fairness_page import fairness_urls
from optimization.admin.fragility_page import fragility_urls
from optimization.days.queue import accept_unstaffed
from optimization.models import Algorithm, OptimizationRun, RunDetail
from optimization.proposals.services import propose_again
from optimization.runs.comparison import UnknownRun, compare_runs
from optimization.solver.solution import PlanStatus
from scheduling.admin.formatting import table
from scheduling.admin.plan_names import link
from scheduling.admin.region_names import region_list
from scheduling.domain.words import in_words

STATUS_TONES = Tones(running="info", completed="success", failed="danger")
PROOF_TONES = Tones(optimal="success", greedy="warning")
SUBJECTS: dict[str, str] = {
    RunDetail.Subject.DAY: gettext_noop("day"),
    RunDetail.Subject.REQUEST: gettext_noop("schedule request"),
    RunDetail.Subject.QUESTION: gettext_noop("trip query"),
}
OBJECTIVES = {
    "guests": gettext_noop("Guests served (maximized)"),
    "kept": gettext_noop("Assignments kept from the previous plan (maximized)"),
    "loss": gettext_noop("Loss of quality against perfect teams (minimized)"),
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
    search_help_text = gettext_lazy("Id of the run or of the schedule request")
    ordering = ["-started_at"]
    actions = ["compare", "plan_again", "accept"]
    fieldsets = [
        (None, {"fields": ["schedule_date", "subject", "schedule_request", "regions", "state", "error", "joined_by"]}),
        (gettext_lazy("Result"), {"fields": ["score", "staffing", "moves", "proof", "objective"]}),
        (gettext_lazy("Effort"), {"fields": ["algorithm", "started_at", "completed_at", "duration", "size"]}),
        (gettext_lazy("Input facts"), {"fields": ["ages", "unknown", "left_out", "ids"]}),
    ]

    @admin.display(description=gettext_lazy("subject"), ordering="detail__subject")
    def subject_and_regions(self, run: OptimizationRun) -> str:
        return self.regions(run) or self.subject(run)

    @admin.display(description=gettext_lazy("subject"))
    def subject(self, run: OptimizationRun) -> str:
        subject = SUBJECTS.get(_detail(run).subject)
        return _(subject) if subject else ""

    @admin.display(description=gettext_lazy("regions"))
    def regions(self, run: OptimizationRun) -> str:
        return region_list(_detail(run).region_ids)

    @display(description=gettext_lazy("status"), ordering="status", label=STATUS_TONES)  # type: ignore[untyped-decorator]
    def state(self, run: OptimizationRun) -> str:
        return _(in_words(run.status))

    @display(description=gettext_lazy("proof"), ordering="detail__proof", label=PROOF_TONES)  # type: ignore[untyped-decorator]
    def proof(self, run: OptimizationRun) -> str:
        detail = _detail(run)
        return _proof_text(detail) if detail.proof else ""

    @admin.display(description=gettext_lazy("staffed"))
    def staffing(self, run: OptimizationRun) -> str:
        detail = _detail(run)
        return f"{detail.staffed}/{detail.staffed + detail.unstaffed}" if detail.proof else ""

    @admin.display(description=gettext_lazy("algorithm"), ordering="algorithm")
    def method(self, run: OptimizationRun) -> str:
        return "HiGHS" if run.algorithm == Algorithm.MILP_HIGHS else _(run.algorithm)

    @admin.display(description=gettext_lazy("duration"), ordering="duration_ms")
    def duration(self, run: OptimizationRun) -> str:
        return _seconds(run.duration_ms) if run.completed_at else ""

    @admin.display(description=gettext_lazy("schedule request"))
    def schedule_request(self, run: OptimizationRun) -> SafeString | str:
        request_id = _detail(run).request_id
        if request_id is None:
            return ""
        address = reverse("admin:scheduling_schedulerequest_change", args=[request_id])
        return link(address, _("the request that asked for it"))

    @admin.display(description=gettext_lazy("objectives (lexicographic)"))
    def objective(self, run: OptimizationRun) -> SafeString | str:
        objective = _detail(run).objective
        attained, bounds = objective.get("attained", {}), objective.get("bounds", {})
        rows = [
            (_(label), localize(attained[name]), localize(bounds.get(name, "")))
            for name, label in OBJECTIVES.items()
            if name in attained
        ]
        return table((_("Objective"), _("Attained"), _("Bound")), rows) if rows else ""

    @admin.display(description=gettext_lazy("model size"))
    def size(self, run: OptimizationRun) -> str:
        detail = _detail(run)
        facts = {"variables": detail.variables, "rows": detail.rows, "time": _seconds(detail.solve_ms)}
        return _("variables: %(variables)d, rows: %(rows)d, solved in %(time)s") % facts

    @admin.display(description=gettext_lazy("age of the facts"))
    def ages(self, run: OptimizationRun) -> SafeString | str:
        ages: Mapping[str, float] = _detail(run).inputs.get("age_seconds", {})
        # Facts read after the start of the snapshot have a negative age.
        rows = [(sibling, f"{max(0.0, seconds):.1f} s") for sibling, seconds in sorted(ages.items())]
        return table((_("Sibling"), _("Age when used")), rows) if rows else ""

    @admin.display(description=gettext_lazy("unknown facts"))
    def unknown(self, run: OptimizationRun) -> SafeString | str:
        unknown: Mapping[str, str] = _detail(run).inputs.get("unknown", {})
        return table((_("Sibling"), _("Reason")), sorted(unknown.items())) if unknown else ""

    @admin.display(description=gettext_lazy("records off their contract"))
    def left_out(self, run: OptimizationRun) -> SafeString | str:
        records: list[Mapping[str, str]] = _detail(run).inputs.get("left_out", [])
        rows = [(record["sibling"], _(in_words(record["kind"])), record["reason"]) for record in records]
        if not rows:
            return ""
        ids = for_support((record["kind"], record["id"]) for record in records)
        return format_html("{}{}", table((_("Sibling"), _("Record"), _("Reason")), rows), ids)

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, run: OptimizationRun) -> SafeString:
        detail = _detail(run)
        known = [(_("optimization run"), run.pk), (_("schedule request"), detail.request_id)]
        return for_support([*known, (_("checksum of the input"), detail.inputs.get("hash"))])

    @admin.display(description=gettext_lazy("error"))
    def error(self, run: OptimizationRun) -> str:
        return _detail(run).error

    @admin.display(description=gettext_lazy("guides reassigned"))
    def moves(self, run: OptimizationRun) -> str:
        detail = _detail(run)
        if detail.moved is None or detail.max_changes is None:
            return "" if detail.moved is None else str(detail.moved)
        return _("%(moved)d of at most %(most)d") % {"moved": detail.moved, "most": detail.max_changes}

    @admin.display(description=gettext_lazy("joined by"))
    def joined_by(self, run: OptimizationRun) -> SafeString | str:
        joins = [(join.by, date_format(localtime(join.joined_at), "DATETIME_FORMAT")) for join in run.joins.all()]
        return table((_("Requester of an equal run"), _("Time")), joins) if joins else ""

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

    @admin.action(description=gettext_lazy("Compare two runs"), permissions=["view"])
    def compare(self, request: HttpRequest, queryset: QuerySet[OptimizationRun]) -> HttpResponse | None:
        """Compare the two selected runs, the earlier one first."""
        try:
            first, second = queryset.order_by("started_at").values_list("pk", flat=True)[:3]
        except ValueError:
            self.message_user(request, _("Choose two runs to compare."), messages.WARNING)
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

    @admin.action(description=gettext_lazy("Propose new plans for the dates"), permissions=["rerun"])
    def plan_again(self, request: HttpRequest, queryset: QuerySet[OptimizationRun]) -> HttpResponse | None:
        """Ask for proposals for the dates and regions of the selected runs; one is shown at once."""
        proposals = self._each(request, queryset, propose_again)
        if len(proposals) == 1:
            return redirect("console:proposal", proposals[0].pk)
        return redirect("console:proposals") if proposals else None

    @admin.action(description=gettext_lazy("Accept that published departures lose their teams"), permissions=["accept"])
    def accept(self, request: HttpRequest, queryset: QuerySet[OptimizationRun]) -> None:
        """Queue runs again that were refused for the teams they took, with these teams given up."""
        if queued := self._each(request, queryset, accept_unstaffed):
            count = len(queued)
            text = ngettext("Queued: %d date to optimize again.", "Queued: %d dates to optimize again.", count)
            self.message_user(request, text % count)

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
        return _("optimal")
    if detail.proof == PlanStatus.BEST_FOUND and detail.gap and detail.gap < 1:
        return _("at most %(gap)s off") % {"gap": f"{detail.gap:.1%}"}
    return _("best found") if detail.proof == PlanStatus.BEST_FOUND else _("greedy")


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / MILLISECONDS:.1f} s" if milliseconds >= MILLISECONDS else f"{milliseconds} ms"
