"""The page of a daily schedule that shows what single losses would do."""

from typing import Any
from uuid import UUID

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from novatrek_scheduling.errors import DomainError
from optimization.fragility.report import remarks_on, standby_in
from optimization.fragility.services import current_report
from optimization.models import FragilityReport
from scheduling.domain.words import in_words
from scheduling.models import DailySchedule

VIEW = "scheduling.view_dailyschedule"


def fragility_urls(site: AdminSite) -> list[URLPattern]:
    """Return the URL of the page, to be added to those of an admin."""

    def page(request: HttpRequest, schedule_id: UUID) -> HttpResponse:
        return fragility_page(request, site, schedule_id)

    return [path("fragility/<uuid:schedule_id>/", site.admin_view(page), name="optimization_fragility")]


def fragility_page(request: HttpRequest, site: AdminSite, schedule_id: UUID) -> HttpResponse:
    """Show the most fragile resources of the date and the hedges. Requires the permission to view daily schedules."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    schedule = get_object_or_404(DailySchedule, pk=schedule_id)
    context = site.each_context(request) | {"title": _("Fragility"), "schedule": schedule}
    try:
        context |= fragility_context(current_report(schedule), schedule)
    except DomainError as error:
        context |= {"error": error.message}
    return render(request, "admin/optimization/fragility.html", context)


def fragility_context(kept: FragilityReport, schedule: DailySchedule) -> dict[str, Any]:
    """Return the context of the template, with all texts."""
    report = kept.report
    departures, guests, losses = report["departures"], report["guests"], report["tried"]
    judged = {
        "departures": ngettext("%d departure", "%d departures", departures) % departures,
        "guests": ngettext("%d guest", "%d guests", guests) % guests,
        "losses": ngettext("%d loss tried", "%d losses tried", losses) % losses,
    }
    return {
        "judged": _("%(departures)s with %(guests)s; %(losses)s.") % judged,
        "found_at": kept.found_at,
        "is_current": kept.rev == schedule.rev,
        "most_fragile": [_loss(loss) for loss in report["most_fragile"]],
        "also_fragile": [_loss(loss) for loss in report["also_fragile"]],
        "hedges": [{"message": hedge["message"], "standby_id": standby_in(hedge)} for hedge in report["hedges"]],
        "remarks": remarks_on(report),
    }


def _loss(loss: dict[str, Any]) -> dict[str, Any]:
    name, kind = loss["resource"]["name"], in_words(loss["resource"]["kind"])
    return {
        "name": name[:1].upper() + name[1:],
        "kind": "" if kind in name.lower() else _(kind),
        "guests": loss["guests"],
        "guests_on_duty": loss["guests_on_duty"],
        "message": loss["message"],
    }
