"""The pages of a daily schedule that explain a departure's team and show the workload of the guides."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path

from novatrek_scheduling.errors import DomainError
from optimization.candidates.workload import Workload
from optimization.explanations.explanation import (
    CandidateExplanation,
    DepartureExplanation,
    MemberExplanation,
    PlanStanding,
)
from optimization.explanations.fairness import fairness_by_region
from optimization.explanations.services import explain_as_it_stands
from optimization.explanations.text import alternative_text, reason_text
from scheduling.admin.formatting import times_text
from scheduling.admin.optimizing_banner import banner_context
from scheduling.admin.region_names import region_name
from scheduling.domain.document import Departure
from scheduling.domain.text import team_text
from scheduling.errors import UnknownDeparture
from scheduling.models import DailySchedule
from scheduling.rules import Rule

VIEW = "scheduling.view_dailyschedule"
_ELSEWHERE = {Rule.REGION, Rule.ACTIVITY}
_STANDING = {
    PlanStanding.STAFFED: "",
    PlanStanding.UNSTAFFED: "The best current plan leaves it unstaffed.",
    PlanStanding.HELD: "Its team is pinned and stays unchanged.",
    PlanStanding.NOT_PLANNED: "It has started or was cancelled and is no longer planned.",
}

View = Callable[..., HttpResponse]


def explanation_urls(site: AdminSite) -> list[URLPattern]:
    """Return the URLs of the pages, to be added to those of an admin."""
    return [
        path(
            "explanations/<uuid:schedule_id>/<uuid:departure_id>/",
            site.admin_view(_of_site(explanation_page, site)),
            name="optimization_departure_explanation",
        ),
        path(
            "fairness/<uuid:schedule_id>/",
            site.admin_view(_of_site(fairness_page, site)),
            name="optimization_fairness",
        ),
    ]


def explanation_page(request: HttpRequest, site: AdminSite, schedule_id: UUID, departure_id: UUID) -> HttpResponse:
    """Explain a departure's team or why it has none. Requires the permission to view daily schedules."""
    schedule = _schedule(request, schedule_id)
    context = site.each_context(request) | banner_context(schedule) | {"title": "Team explanation"}
    try:
        context |= explanation_context(explain_as_it_stands(schedule, departure_id))
    except UnknownDeparture as error:
        raise Http404(error.message) from error
    except DomainError as error:
        context |= {"error": error.message}
    return render(request, "admin/optimization/explanation.html", context)


def fairness_page(request: HttpRequest, site: AdminSite, schedule_id: UUID) -> HttpResponse:
    """Show the hours of each guide in the trailing 14 days. Requires the permission to view daily schedules."""
    schedule = _schedule(request, schedule_id)
    context = site.each_context(request) | {"title": "Workload", "schedule": schedule}
    try:
        report = fairness_by_region(schedule, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
    except DomainError as error:
        context |= {"error": error.message}
    else:
        context |= {"regions": [_region(region.name, region.mean_hours, region.guides) for region in report]}
    return render(request, "admin/optimization/fairness.html", context)


def explanation_context(explanation: DepartureExplanation) -> dict[str, Any]:
    """Return the context of the template, with all texts."""
    eligible = [guide for guide in explanation.others if guide.exclusion is None]
    excluded = [
        candidate
        for candidate in explanation.others
        if candidate.exclusion and candidate.exclusion.rule not in _ELSEWHERE
    ]
    return {
        "departure": _departure(explanation.departure),
        "standing": _STANDING[explanation.standing],
        "reason": explanation.reason.message if explanation.reason else "",
        "differs": explanation.differs,
        "is_partial": explanation.is_partial,
        "team": [_member(member, explanation) for member in explanation.team],
        "remedies": [remedy.message for remedy in explanation.possible_if],
        "eligible": [_guide(guide, explanation) for guide in eligible],
        "excluded": [_guide(guide, explanation) for guide in excluded],
        "elsewhere": len(explanation.others) - len(eligible) - len(excluded),
    }


def _departure(departure: Departure) -> dict[str, str]:
    return {
        "name": departure.trip_name,
        "times": times_text(departure),
        "region": region_name(departure.region_id),
        "guests": f"{departure.participants} / {departure.capacity}",
        "team": team_text(departure.team) or "none",
    }


def _member(member: MemberExplanation, explanation: DepartureExplanation) -> dict[str, Any]:
    parts = member.parts.by_name if member.parts else {}
    return {
        "name": member.name,
        "score": f"{member.score:.2f}",
        "components": ", ".join(f"{name} {part:.2f}" for name, part in parts.items()),
        "fairness": member.fairness_points,
        "hours": _hours(member.workload),
        "alternative": alternative_text(member, explanation.departure_id, explanation.names),
    }


def _guide(guide: CandidateExplanation, explanation: DepartureExplanation) -> dict[str, Any]:
    return {
        "name": guide.name,
        "score": "" if guide.score is None else f"{guide.score:.2f}",
        "hours": _hours(guide.workload) if guide.workload else "",
        "rule": guide.exclusion.rule.value.replace("_", " ").lower() if guide.exclusion else "",
        "reason": reason_text(guide, explanation.departure_id, explanation.names),
    }


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


def _hours(workload: Workload) -> str:
    return f"{workload.trailing_hours:.1f} ({workload.above_mean:+.1f})"


def _schedule(request: HttpRequest, schedule_id: UUID) -> DailySchedule:
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    return get_object_or_404(DailySchedule, pk=schedule_id)


def _of_site(page: View, site: AdminSite) -> View:
    def view(request: HttpRequest, **address: UUID) -> HttpResponse:
        return page(request, site, **address)

    return view
