"""The page of a daily schedule that shows the workload of the guides."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from novatrek_scheduling.errors import DomainError
from optimization.explanations.fairness import fairness_by_region
from scheduling.models import DailySchedule

VIEW = "scheduling.view_dailyschedule"


def fairness_urls(site: AdminSite) -> list[URLPattern]:
    """Return the URL of the page, to be added to those of an admin."""

    def view(request: HttpRequest, schedule_id: UUID) -> HttpResponse:
        return fairness_page(request, site, schedule_id)

    return [path("fairness/<uuid:schedule_id>/", site.admin_view(view), name="optimization_fairness")]


def fairness_page(request: HttpRequest, site: AdminSite, schedule_id: UUID) -> HttpResponse:
    """Show the hours of each guide in the trailing 14 days. Requires the permission to view daily schedules."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    schedule = get_object_or_404(DailySchedule, pk=schedule_id)
    context = site.each_context(request) | {"title": _("Workload"), "schedule": schedule}
    try:
        report = fairness_by_region(schedule, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
    except DomainError as error:
        context |= {"error": error.message}
    else:
        context |= {"regions": [_region(region.name, region.mean_hours, region.guides) for region in report]}
    return render(request, "admin/optimization/fairness.html", context)


def _region(name: str, mean_hours: float, guides: Any) -> dict[str, Any]:
    return {
        "name": name,
        "mean": f"{mean_hours:.1f}",
        "guides": [
            {
                "name": guide.name,
                "trailing": f"{guide.workload.trailing_hours:.1f}",
                "above": f"{guide.workload.above_mean:+.1f}",
                "day": f"{guide.workload.day_hours:.1f}",
            }
            for guide in guides
        ],
    }
