"""The home page, and the part of it that refreshes itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from novatrek_scheduling.console.home.page import read_home
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.proposals.texts import moment_text


def home_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Extend the context of the index of the console by its home page."""
    return context | {"title": _("Today and tomorrow")} | _context(request)


class FreshHome(ConsolePage):
    """What of the home page changes, as it is now."""

    template_name = "admin/console/home/live.html"
    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(_("Today and tomorrow"), **_context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    return {"home": read_home(now, request.user.has_perm), "as_of": moment_text(now)}
