"""The pages of proposals."""

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from novatrek_scheduling.console.days import company_day
from novatrek_scheduling.console.ids import IdsField
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.proposals.forms import OptimizeForm
from novatrek_scheduling.console.proposals.listing import read_list, waiting_for
from novatrek_scheduling.console.proposals.progress import progress_of
from novatrek_scheduling.console.proposals.under_way import night_under_way, read_under_way, runs_under_way
from novatrek_scheduling.errors import DomainError
from optimization.models import Proposal
from optimization.proposals.errors import UnknownProposal
from optimization.proposals.services import find_proposal, request_proposal
from scheduling.admin.optimizing_banner import optimizer_texts
from scheduling.admin.region_names import region_name, region_names
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.snapshot import look_up_guides

NAMES_SECONDS = 1.0
VIEW, CHANGE = "scheduling.view_dailyschedule", "scheduling.change_dailyschedule"


class OptimizePage(ConsolePage):
    """What to optimize of a date; `?region=<id>` ticks a region, `?standby=<id>` leaves a guide free."""

    template_name = "admin/console/proposals/optimize.html"
    permission = CHANGE

    def get(self, request: HttpRequest, day: date) -> HttpResponse:
        asked = {"regions": request.GET.getlist("region"), "standby": request.GET.getlist("standby")}
        return self._form(day, OptimizeForm(initial=asked, regions=_regions_of(day)))

    def post(self, request: HttpRequest, day: date) -> HttpResponse:
        form = OptimizeForm(request.POST, regions=_regions_of(day))
        if not form.is_valid():
            return self._form(day, form, status=HTTPStatus.BAD_REQUEST)
        try:
            proposal = request_proposal(
                day,
                form.region_ids,
                by=request.user.get_username(),
                max_changes=form.cleaned_data["max_changes"],
                keeps_pins=form.cleaned_data["keeps_pins"],
                standby_ids=form.cleaned_data["standby"],
            )
        except DomainError as refused:
            messages.warning(request, refused.message)
            return self._form(day, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return redirect("console:proposal", proposal.pk)

    def _form(self, day: date, form: OptimizeForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        return self.show(
            _("Optimize %(day)s") % {"day": date_format(day, "DATE_FORMAT")},
            status=status,
            day=day,
            form=form,
            standbys=_names_of(form["standby"].value() or ()),
            waiting=waiting_for(day, timezone.now()),
            optimizers=optimizer_texts(day),
        )


class ProposalsPage(ConsolePage):
    """The list of proposals, and what is being optimized now."""

    template_name = "admin/console/proposals/list.html"
    permission = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        return self.show(
            _("Proposals"),
            proposals=read_list(now),
            runs=runs_under_way(now),
            night=night_under_way(),
            today=company_day(now),
        )


class ListPart(ProposalsPage):
    """The list alone, which its page asks for again and again."""

    template_name = "admin/console/proposals/listed.html"


class UnderWayPart(ConsolePage):
    """What is at work on a date, and the proposals for it that wait for somebody, as notes on its board."""

    template_name = "admin/console/proposals/under_way.html"
    permission = VIEW

    def get(self, request: HttpRequest, day: date) -> HttpResponse:
        return self.show(_("Under way"), day=day, under_way=read_under_way(day, timezone.now()))


class ProgressPart(ConsolePage):
    """How far a proposal is, for the page that shows it being made: once it is made, the page is loaded again."""

    template_name = "admin/console/proposals/progress.html"
    permission = VIEW

    def get(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        proposal = found(proposal_id)
        if not proposal.is_being_made:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return self.show("", progress=progress_of(proposal), optimizers=optimizer_texts(proposal.schedule_date))


def found(proposal_id: UUID) -> Proposal:
    """Return the proposal, or answer 404."""
    try:
        return find_proposal(proposal_id)
    except UnknownProposal as unknown:
        raise Http404(unknown.message) from unknown


def _regions_of(day: date) -> dict[str, str]:
    """Return the regions by name: those of the catalog, while it answers, and those with departures on the date."""
    departures = read_drafts([day])[day].document.departures.values()
    here = {str(departure.region_id): region_name(departure.region_id) for departure in departures}
    named = {**here, **region_names()}
    return dict(sorted(named.items(), key=lambda item: item[1]))


def _names_of(guide_ids: Iterable[str]) -> dict[str, str]:
    """Return the guides by name, or by the start of their id while svc-guide-management does not answer."""
    asked = [UUID(guide_id) for guide_id in guide_ids if IdsField().valid_value(guide_id)]
    try:
        names = {key: guide.name for key, guide in look_up_guides(asked, deadline_seconds=NAMES_SECONDS).items()}
    except DomainError:
        names = {}
    return {str(key): names.get(key, str(key)[:8]) for key in asked}
