"""Nights in the console: progress, outcome, and the dates that could not be planned."""

from collections import Counter
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format, localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from unfold.decorators import display

from events.admin import ViewOnly
from novatrek_scheduling.readable import for_support
from optimization.admin.runs import STATUS_TONES
from optimization.models import Night, NightDate
from scheduling.admin.formatting import table
from scheduling.admin.plan_names import link
from scheduling.admin.region_names import region_list
from scheduling.domain.words import in_words

MILLISECONDS = 1000
SUMMARY_LABELS = {
    "departures": gettext_noop("Departures"),
    "unstaffed": gettext_noop("Unstaffed"),
    "score": gettext_noop("Score (weighted by departures)"),
    "proofs": gettext_noop("Plans by proof"),
    "joined": gettext_noop("Dates covered by another run"),
    "solve_ms": gettext_noop("Solver time (ms)"),
}


@admin.register(Night)
class NightAdmin(ViewOnly):
    list_display = ["horizon", "state", "progress", "failed", "unstaffed", "score", "duration", "started_at"]
    list_filter = ["status"]
    search_fields = ["=night_id"]
    ordering = ["-started_at"]
    fieldsets = [
        (None, {"fields": ["horizon", "state", "progress", "error", "started_at", "completed_at", "ids"]}),
        (gettext_lazy("Summary"), {"fields": ["outcome"]}),
        (gettext_lazy("Dates"), {"fields": ["by_date"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("dates")

    @admin.display(description=gettext_lazy("dates"), ordering="first_day")
    def horizon(self, night: Night) -> str:
        days = {"first": date_format(night.first_day), "last": date_format(night.last_day)}
        return _("%(first)s to %(last)s") % days

    @display(description=gettext_lazy("status"), ordering="status", label=STATUS_TONES)  # type: ignore[untyped-decorator]
    def state(self, night: Night) -> str:
        return _(in_words(night.status))

    @admin.display(description=gettext_lazy("planned"))
    def progress(self, night: Night) -> str:
        statuses = Counter(night_date.status for night_date in night.dates.all())
        return _("%(done)d of %(all)d") % {"done": statuses[NightDate.Status.COMPLETED], "all": statuses.total()}

    @admin.display(description=gettext_lazy("failed"))
    def failed(self, night: Night) -> int:
        return sum(night_date.status == NightDate.Status.FAILED for night_date in night.dates.all())

    @admin.display(description=gettext_lazy("unstaffed"))
    def unstaffed(self, night: Night) -> str:
        return f"{night.summary['unstaffed']}/{night.summary['departures']}" if night.summary else ""

    @admin.display(description=gettext_lazy("score"))
    def score(self, night: Night) -> str:
        return localize(round(night.summary["score"], 2)) if night.summary else ""

    @admin.display(description=gettext_lazy("duration"))
    def duration(self, night: Night) -> str:
        return f"{night.summary['duration_ms'] / MILLISECONDS:.0f} s" if night.summary else ""

    @admin.display(description=gettext_lazy("outcome"))
    def outcome(self, night: Night) -> SafeString | str:
        summary = night.summary
        rows = [(_(label), _text(summary[name])) for name, label in SUMMARY_LABELS.items() if name in summary]
        return table((_("Figure"), _("Value")), rows) if rows else _("not yet available")

    @admin.display(description=gettext_lazy("dates by cluster"))
    def by_date(self, night: Night) -> SafeString:
        rows = [
            (
                date_format(night_date.schedule_date),
                region_list(night_date.region_ids),
                night_date.get_status_display(),
                _run(night_date),
                night_date.error,
            )
            for night_date in sorted(
                night.dates.all(), key=lambda night_date: (night_date.schedule_date, night_date.cluster)
            )
        ]
        return table((_("Date"), _("Regions"), _("Status"), _("Run"), _("Error")), rows)

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, night: Night) -> SafeString:
        return for_support([(_("night"), night.pk)])


def _run(night_date: NightDate) -> SafeString | str:
    if night_date.run_id is None:
        return ""
    address = reverse("admin:optimization_optimizationrun_change", args=[night_date.run_id])
    return link(address, _("joined") if night_date.is_joined else _("run"))


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_(in_words(name))}: {localize(count)}" for name, count in value.items())
    return str(localize(value))
