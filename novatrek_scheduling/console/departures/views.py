"""The panel of a departure: a page of its own, and the same content as a fragment for the board's drawer."""

from dataclasses import asdict, replace
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from novatrek_scheduling.console.departures.candidates import price_guides, rank_guides
from novatrek_scheduling.console.departures.dropping import landings_of
from novatrek_scheduling.console.departures.editing import (
    Edit,
    edit_of,
    form_of,
    preview_edit,
    read_edit,
    refused,
    save_edit,
)
from novatrek_scheduling.console.departures.panel import Panel, read_panel
from novatrek_scheduling.console.departures.why import read_why
from novatrek_scheduling.console.guides.health import entered_by_teams, may_read_health
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.refusals import refusal_text
from novatrek_scheduling.console.visitors import visit
from novatrek_scheduling.errors import DomainError
from scheduling.admin.optimizing_banner import optimizer_texts
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.daily_schedules.writer import TRIES
from scheduling.errors import StaleRevision, UnknownDeparture
from scheduling.history.undoing import steps_of

VIEW, CHANGE = "scheduling.view_dailyschedule", "scheduling.change_dailyschedule"
FRAGMENT = "admin/console/departures/panel.html"
SAVING = frozenset({"save", "pin", "release"})
"""The buttons that save at once; any other shows the consequences."""


def is_fragment(request: HttpRequest) -> bool:
    """Return whether the content alone is asked for, to be put into another page."""
    by_script = request.headers.get("HX-Request") == "true" or request.headers.get("X-Requested-With") == "fetch"
    return by_script or request.GET.get("fragment") == "1"


class DepartureView(ConsolePage):
    """What the views of one departure have in common."""

    permission = VIEW

    def read(self, day: date, departure_id: UUID, *, alone: bool = True) -> tuple[Draft, Panel]:
        """Return the date and the panel of a departure: `alone` where nothing else of the date is looked at."""
        draft = read_drafts([day], departures=[departure_id] if alone else None)[day]
        try:
            return draft, read_panel(day, departure_id, timezone.now(), draft)
        except UnknownDeparture as error:
            raise Http404(error.message) from error

    def ranking(self, panel: Panel, draft: Draft) -> dict[str, Any]:
        is_priced, may_read = "costs" in self.request.GET, may_read_health(self.request.user)
        return ranking_context(panel, draft, is_priced=is_priced, may_read_health=may_read)

    @property
    def may_change(self) -> bool:
        return self.request.user.has_perm(CHANGE)


class DeparturePage(DepartureView):
    """The panel of a departure: what is known of it (GET), and a change of it, to be looked at or to be saved (POST).

    `?guide=` chooses a guide, with the consequences; `?rank=1` has the ranking of guides in it, `?why=1` why the team
    is what it is.
    """

    template_name = "admin/console/departures/page.html"
    permission = VIEW
    permissions = {"POST": CHANGE}

    def get(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        is_entering = "guide" in request.GET and self.may_change
        draft, panel = self.read(day, departure_id, alone=not is_entering)
        edit = edit_of(panel)
        if is_entering:
            edit = preview_edit(panel, draft, read_edit(panel, draft, request.GET))
        asked = self.ranking(panel, draft) if "rank" in request.GET else {}
        asked |= why_context(panel, draft) if "why" in request.GET else {}
        return self.show_panel(panel, edit, **asked)

    def post(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        for _attempt in range(TRIES):
            draft, panel = self.read(day, departure_id, alone=False)
            edit = read_edit(panel, draft, request.POST)
            if edit.errors or edit.problems:
                return self.show_panel(panel, edit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            if edit.meanwhile:
                return self.show_panel(panel, preview_edit(panel, draft, edit), status=HTTPStatus.CONFLICT)
            if request.POST.get("action") not in SAVING:
                return self.show_panel(panel, preview_edit(panel, draft, edit))
            try:
                save_edit(panel, draft, edit, self.author("changed on the board"))
            except StaleRevision:
                continue
            except DomainError as error:
                edit = refused(edit, error, panel.id)
                return self.show_panel(panel, edit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            return self.done(panel, _("%(name)s was saved.") % {"name": panel.departure.trip_name})
        problem = _("Others keep changing this date. Nothing was saved; save again.")
        return self.show_panel(panel, replace(edit, problems=(problem,)), status=HTTPStatus.CONFLICT)

    def done(self, panel: Panel, sentence: str) -> HttpResponse:
        if not is_fragment(self.request):
            messages.success(self.request, sentence)
            return redirect(panel.address)
        _draft, panel = self.read(panel.day, panel.id)
        return self.show_panel(panel, edit_of(panel), saved=sentence)

    def show_panel(self, panel: Panel, edit: Edit, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        title = f"{panel.departure.trip_name}, {date_format(panel.day, 'DATE_FORMAT')}"
        context |= {"panel": panel, "edit": edit, "form": form_of(panel, edit), "may_change": self.may_change}
        template = FRAGMENT if is_fragment(self.request) else ""
        if may_read_health(self.request.user):
            context["entered"] = entered_by_teams({panel.id: panel.departure})[panel.id]
        context["optimizers"] = optimizer_texts(panel.day)
        context |= visitors_context(self.request, panel.day, panel.id)
        context["steps"] = steps_of(panel.day, self.request.user.get_username()) if self.may_change else None
        # What is refused to a script is an answer like any other: browsers report failed ones as errors of the page.
        return self.show(title, status=HTTPStatus.OK if template else status, template=template, **context)


class VisitorsPart(ConsolePage):
    """Who else has the panel open: an open panel asks for it, and says by asking that it still is."""

    template_name = "admin/console/departures/visitors.html"
    permission = VIEW

    def get(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        return self.show(_("Others"), **visitors_context(request, day, departure_id))


class GuidesPart(DepartureView):
    """The ranking of guides for a departure, which the panel loads once it is open; `?costs=1` with their prices."""

    template_name = "admin/console/departures/guides.html"

    def get(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        draft, panel = self.read(day, departure_id)
        context = self.ranking(panel, draft) | {"panel": panel, "edit": edit_of(panel)}
        return self.show(_("Guides"), may_change=self.may_change, **context)


class RulesPart(ConsolePage):
    """What stands against each guide, as JSON: read once when a bar of the board begins to be dragged."""

    permission = CHANGE

    def get(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        draft = read_drafts([day], departures=[departure_id])[day]
        departure = draft.document.departures.get(departure_id)
        if departure is None:
            raise Http404
        try:
            landings = landings_of(rank_guides(draft.schedule, departure_id, departure))
        except DomainError as error:
            return JsonResponse({"guides": {}, "error": refusal_text(error)})
        return JsonResponse({"guides": {str(guide): asdict(landing) for guide, landing in landings.items()}})


class WhyPart(DepartureView):
    """Why the team is what it is, which the panel asks for: the region is planned anew for it."""

    template_name = "admin/console/departures/why.html"

    def get(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        draft, panel = self.read(day, departure_id)
        return self.show(_("Why"), panel=panel, **why_context(panel, draft))


def visitors_context(request: HttpRequest, day: date, departure_id: UUID) -> dict[str, Any]:
    """Note that the person has the panel open, and return who else has for the template."""
    name, may_change = request.user.get_username(), request.user.has_perm(CHANGE)
    visitors = visit(day, departure_id, name, may_change=may_change)
    return {"day": day, "departure_id": departure_id, "visitors": visitors}


def ranking_context(panel: Panel, draft: Draft, *, is_priced: bool, may_read_health: bool) -> dict[str, Any]:
    """Return the ranking for the template, with prices if they are asked for, or the reason for which there is none."""
    try:
        ranking = rank_guides(draft.schedule, panel.id, panel.departure, may_read_health=may_read_health)
        return {"ranking": price_guides(ranking, draft.schedule, panel.id) if is_priced else ranking}
    except DomainError as error:
        return {"ranking_error": refusal_text(error)}


def why_context(panel: Panel, draft: Draft) -> dict[str, Any]:
    """Return the explanation of the team for the template, or the reason for which there is none."""
    try:
        return {"why": read_why(draft.schedule, panel.id)}
    except DomainError as error:
        return {"why_error": refusal_text(error)}
