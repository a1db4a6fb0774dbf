"""The search as a page, and as suggestions below the box."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.search.find import find

SUGGESTED = 5
LONGEST = 100


class SearchPage(ConsolePage):
    """What has all words of `?q=`."""

    template_name = "admin/console/search/page.html"
    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "").strip()[:LONGEST]
        return self.show(_("Search"), query=query, groups=find(query, timezone.now(), request.user.has_perm))


class SuggestionsPart(ConsolePage):
    """The first of each kind, for the list below the box."""

    template_name = "admin/console/search/suggestions.html"
    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "").strip()[:LONGEST]
        groups = find(query, timezone.now(), request.user.has_perm, most=SUGGESTED)
        return self.show("", query=query, groups=groups)
