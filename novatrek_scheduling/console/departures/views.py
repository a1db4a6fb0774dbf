"""The panel of a departure: a page of its own, and the same content as a fragment for the board's drawer."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from novatrek_scheduling.console.departures.panel import Panel, read_panel
from novatrek_scheduling.console.pages import ConsolePage
from scheduling.admin.optimizing_banner import optimizer_texts
from scheduling.errors import UnknownDeparture

VIEW, CHANGE = "scheduling.view_dailyschedule", "scheduling.change_dailyschedule"
FRAGMENT = "admin/console/departures/panel.html"


def is_fragment(request: HttpRequest) -> bool:
    """Return whether the content alone is asked for, to be put into another page."""
    by_script = request.headers.get("HX-Request") == "true" or request.headers.get("X-Requested-With") == "fetch"
    return by_script or request.GET.get("fragment") == "1"


class DeparturePage(ConsolePage):
    """The panel of a departure."""

    template_name = "admin/console/departures/page.html"
    permission = VIEW
    permissions = {"POST": CHANGE}

    def get(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        return self.panel(self._read(day, departure_id))

    def panel(self, panel: Panel, *, status: int = 200, **context: Any) -> HttpResponse:
        """Return the panel, as a page or as a fragment as it was asked for."""
        template = FRAGMENT if is_fragment(self.request) else ""
        title = f"{panel.departure.trip_name}, {date_format(panel.day, 'DATE_FORMAT')}"
        may_change = self.request.user.has_perm(CHANGE)
        context |= {"panel": panel, "optimizers": optimizer_texts(panel.day), "may_change": may_change}
        return self.show(title, status=status, template=template, **context)

    def _read(self, day: date, departure_id: UUID) -> Panel:
        try:
            return read_panel(day, departure_id, timezone.now())
        except UnknownDeparture as error:
            raise Http404(error.message) from error
