"""The handover as a page."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from novatrek_scheduling.console.handover.brief import read_brief, since_in
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.proposals.texts import moment_text


class HandoverPage(ConsolePage):
    """What the next shift has to know; `?since=06:00` says from when on what was done is told."""

    template_name = "admin/console/handover/page.html"
    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        now, entered = timezone.now(), request.GET.get("since", "")
        error, status = "", HTTPStatus.OK
        try:
            since = since_in(entered, now)
        except ValueError as refused:
            since, error, status = since_in("", now), str(refused), HTTPStatus.BAD_REQUEST
        brief = read_brief(now, since, request.user.has_perm)
        return self.show(
            _("Handover"),
            status=status,
            brief=brief,
            as_of=moment_text(now, with_day=True),
            entered=entered,
            error=error,
        )
