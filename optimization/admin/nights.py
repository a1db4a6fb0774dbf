"""Nights in the console: progress, outcome, and the dates that could not be planned."""

from collections import Counter
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from events.admin import ViewOnly
from optimization.admin.runs import STATUS_LABELS
from optimization.models import Night, NightDate
from scheduling.admin.formatting import table
from scheduling.admin.region_names import region_list
from scheduling.domain.words import in_words

MILLISECONDS = 1000
SUMMARY_LABELS = {
    "departures": "Departures",
    "unstaffed": "Unstaffed",
    "score": "Score (weighted by departures)",
    "proofs": "Plans by proof",
    "joined": "Dates covered by another run",
    "solve_ms": "Solver time (ms)",
}


@admin.register(Night)
class NightAdmin(ViewOnly):
    list_display = ["horizon", "state", "progress", "failed", "unstaffed", "score", "duration", "started_at"]
    list_filter = ["status"]
    search_fields = ["=night_id"]
    ordering = ["-started_at"]
    fieldsets = [
        (None, {"fields": ["horizon", "state", "progress", "error", "started_at", "completed_at", "night_id"]}),
        ("Summary", {"fields": ["outcome"]}),
        ("Dates", {"fields": ["by_date"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("dates")

    @admin.display(description="Dates", ordering="first_day")
    def horizon(self, night: Night) -> str:
        return f"{night.first_day} to {night.last_day}"

    @display(description="Status", ordering="status", label=STATUS_LABELS)  # type: ignore[untyped-decorator]
    def state(self, night: Night) -> str:
        return in_words(night.status)

    @admin.display(description="Planned")
    def progress(self, night: Night) -> str:
        statuses = Counter(night_date.status for night_date in night.dates.all())
        return f"{statuses[NightDate.Status.COMPLETED]} of {statuses.total()}"

    @admin.display(description="Failed")
    def failed(self, night: Night) -> int:
        return sum(night_date.status == NightDate.Status.FAILED for night_date in night.dates.all())

    @admin.display(description="Unstaffed")
    def unstaffed(self, night: Night) -> str:
        return f"{night.summary['unstaffed']}/{night.summary['departures']}" if night.summary else ""

    @admin.display(description="Score")
    def score(self, night: Night) -> str:
        return f"{night.summary['score']:.2f}" if night.summary else ""

    @admin.display(description="Duration")
    def duration(self, night: Night) -> str:
        return f"{night.summary['duration_ms'] / MILLISECONDS:.0f} s" if night.summary else ""

    @admin.display(description="Outcome")
    def outcome(self, night: Night) -> SafeString | str:
        summary = night.summary
        rows = [(label, _text(summary[name])) for name, label in SUMMARY_LABELS.items() if name in summary]
        return table(("Figure", "Value"), rows) if rows else "not yet available"

    @admin.display(description="Dates by cluster")
    def by_date(self, night: Night) -> SafeString:
        rows = [
            (
                night_date.schedule_date,
                region_list(night_date.region_ids),
                night_date.get_status_display(),
                _run(night_date),
                night_date.error,
            )
            for night_date in sorted(
                night.dates.all(), key=lambda night_date: (night_date.schedule_date, night_date.cluster)
            )
        ]
        return table(("Date", "Regions", "Status", "Run", "Error"), rows)


def _run(night_date: NightDate) -> SafeString | str:
    if night_date.run_id is None:
        return ""
    address = reverse("admin:optimization_optimizationrun_change", args=[night_date.run_id])
    text = "joined" if night_date.is_joined else "run"
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, text)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {name.lower().replace('_', ' ')}" for name, count in value.items())
    return str(value)
