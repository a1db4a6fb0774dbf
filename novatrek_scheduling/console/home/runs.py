"""The latest optimization runs, in words."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy

from novatrek_scheduling.console.home.ago import ago_text
from novatrek_scheduling.console.marks import Look, Tone
from optimization.models import OptimizationRun, RunStatus
from scheduling.admin.region_names import region_list

MOST = 6

_LOOKS = {
    RunStatus.RUNNING: Look("hourglass_top", Tone.INFO, gettext_lazy("Running")),
    RunStatus.COMPLETED: Look("check", Tone.GOOD, gettext_lazy("Completed")),
    RunStatus.FAILED: Look("error", Tone.WARN, gettext_lazy("Failed")),
}


@dataclass(frozen=True, slots=True)
class LatestRun:
    """A run: what it planned, how it ended, and how long ago it began."""

    day: date
    subject: str
    look: Look
    score: str
    unstaffed: str
    began: str
    address: str


def latest_runs(now: datetime) -> tuple[LatestRun, ...]:
    """Return the latest runs, the newest first, in one query."""
    newest = OptimizationRun.objects.select_related("detail").defer("detail__objective", "detail__inputs")
    return tuple(_run(run, now) for run in newest.order_by("-started_at")[:MOST])


def _run(run: OptimizationRun, now: datetime) -> LatestRun:
    detail = getattr(run, "detail", None)
    subject = region_list(detail.region_ids) or str(detail.get_subject_display()) if detail else ""
    return LatestRun(
        day=run.schedule_date,
        subject=subject[:1].upper() + subject[1:],
        look=_LOOKS[RunStatus(run.status)],
        score="" if run.score is None else number_format(run.score, 1),
        unstaffed=str(detail.unstaffed) if detail and run.status == RunStatus.COMPLETED else "",
        began=ago_text(run.started_at, now),
        address=reverse("admin:optimization_optimizationrun_change", args=[run.pk]),
    )
