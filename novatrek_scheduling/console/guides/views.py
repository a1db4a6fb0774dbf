"""The pages of guides."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from novatrek_scheduling.console.guides.health import may_read_health
from novatrek_scheduling.console.guides.listing import read_guides
from novatrek_scheduling.console.guides.page import NobodyKnows, read_guide_page
from novatrek_scheduling.console.pages import ConsolePage

VIEW = "scheduling.view_dailyschedule"


class GuidesPage(ConsolePage):
    """All guides by their regions, with what they do today."""

    template_name = "admin/console/guides/list.html"
    permission = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(_("Guides"), guides=read_guides(timezone.now()))


class GuidePage(ConsolePage):
    """One guide."""

    template_name = "admin/console/guides/page.html"
    permission = VIEW

    def get(self, request: HttpRequest, guide_id: UUID) -> HttpResponse:
        may_read = may_read_health(request.user)
        try:
            page = read_guide_page(guide_id, timezone.now(), may_read_health=may_read)
        except NobodyKnows as error:
            raise Http404(str(error)) from error
        return self.show(page.name, guide=page, may_read_health=may_read)
