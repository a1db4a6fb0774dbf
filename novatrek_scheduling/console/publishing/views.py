"""The publish page of a date: what people would be told, what is still open, and the confirmation of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from novatrek_scheduling.api.overriding import may_override
from novatrek_scheduling.console.guides.health import may_read_health
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.publishing.forms import Choices, PublishForm
from novatrek_scheduling.console.publishing.page import PublishingPage, read_page, refusals_of
from novatrek_scheduling.console.refusals import refusal_text
from novatrek_scheduling.errors import DomainError
from scheduling.admin.optimizing_banner import optimizer_texts
from scheduling.daily_schedules.writer import TRIES
from scheduling.errors import HardRuleViolated, StaleRevision, UnknownSchedule
from scheduling.models import schedule_id_of
from scheduling.publication.judgement import Override
from scheduling.publication.services import publish_departures

VIEW, PUBLISH = "scheduling.view_dailyschedule", "scheduling.publish_dailyschedule"


class PublishPage(ConsolePage):
    """Publish the ticked departures of a date, those with conflicts upon a confirmation each.

    Who may not publish sees the same without anything to tick.
    """

    template_name = "admin/console/publishing/page.html"
    permission = VIEW
    permissions = {"POST": PUBLISH}

    def get(self, request: HttpRequest, day: date) -> HttpResponse:
        return self._show(day, self._read(day))

    def post(self, request: HttpRequest, day: date) -> HttpResponse:
        form = PublishForm(request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest(_("The form was not sent as it was shown: load the page again."))
        choices = form.choices()
        for _attempt in range(TRIES):
            page = self._read(day, choices)
            if page is None:
                return self._show(day, None)
            try:
                return self._publish(page, choices)
            except StaleRevision:
                continue
        messages.warning(request, _("Others kept changing this date. Nothing was published; try again."))
        return self._show(day, self._read(day, choices), status=HTTPStatus.CONFLICT)

    def _publish(self, page: PublishingPage, choices: Choices) -> HttpResponse:
        """Publish what was ticked and nobody changed since; raises StaleRevision where somebody writes meanwhile."""
        due = choices.ticked & page.rows.keys()
        changed = due & page.meanwhile.keys()
        going = due - changed
        self._tell_gone(page, choices.ticked - due)
        refusals = refusals_of(page, going)
        if not going or refusals:
            if not choices.ticked:
                messages.warning(self.request, _("Tick at least one departure to publish."))
            return self._refuse(page, changed, refusals)
        try:
            self._write(page, choices, going)
        except StaleRevision:
            raise
        except DomainError as refused:
            return self._refuse(page, changed, self._reasons(refused, going))
        self._tell_published(len(going))
        if not changed:
            return redirect(page.board)
        left = replace(choices, ticked=changed)
        self._tell_changed(len(changed))
        return self._show(page.day, self._read(page.day, left), status=HTTPStatus.CONFLICT)

    def _write(self, page: PublishingPage, choices: Choices, going: frozenset[UUID]) -> None:
        known, rows = page.preview.known, page.rows
        overridden = frozenset(key for key in going if rows[key].obstacles.take_override)
        cause = "published in the console"
        publish_departures(
            page.day,
            author=self.author(f"{cause}: {choices.note}" if choices.note else cause),
            by_machine=False,
            departure_ids=going,
            since_rev=page.rev,
            override=Override(overridden, silence=choices.override_silence and may_override(self.request.user)),
            facts=None if known.silence else known.facts,
        )

    def _refuse(self, page: PublishingPage, changed: frozenset[UUID], refusals: Mapping[UUID, str]) -> HttpResponse:
        """Show the page with everything that was entered, and what is to be done about it."""
        if changed:
            self._tell_changed(len(changed))
        if refusals:
            messages.warning(self.request, _("Nothing was published. What is to be done is said at the departures."))
        status = HTTPStatus.CONFLICT if changed and not refusals else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._show(page.day, page.with_problems(refusals), status=status)

    def _reasons(self, refused: DomainError, going: frozenset[UUID]) -> dict[UUID, str]:
        if isinstance(refused, HardRuleViolated):
            found = {violation.departure_id: violation.message for violation in refused.violations}
            if at_departures := {key: found[key] for key in going & found.keys()}:
                return at_departures
        messages.warning(self.request, refusal_text(refused))
        return {}

    def _read(self, day: date, choices: Choices | None = None) -> PublishingPage | None:
        try:
            user = self.request.user
            return read_page(
                day,
                timezone.now(),
                choices,
                may_override=may_override(user),
                may_read_health=may_read_health(user),
            )
        except UnknownSchedule:
            return None

    def _show(self, day: date, page: PublishingPage | None, *, status: int = HTTPStatus.OK) -> HttpResponse:
        return self.show(
            _("Publish %(day)s") % {"day": date_format(day, "LONG_DATE_FORMAT")},
            status=status,
            day=day,
            page=page,
            schedule_id=schedule_id_of(day),
            optimizers=optimizer_texts(day),
            may_override=may_override(self.request.user),
            may_publish=self.request.user.has_perm(PUBLISH),
        )

    def _tell_published(self, count: int) -> None:
        text = ngettext("%(count)s departure is published.", "%(count)s departures are published.", count)
        messages.success(self.request, text % {"count": count})

    def _tell_changed(self, count: int) -> None:
        text = ngettext(
            "%(count)s departure was changed since you saw this page: look at it and publish it again.",
            "%(count)s departures were changed since you saw this page: look at them and publish them again.",
            count,
        )
        messages.warning(self.request, text % {"count": count})

    def _tell_gone(self, page: PublishingPage, gone: frozenset[UUID]) -> None:
        """Say of each ticked departure that is not to be published any more who saw to that."""
        for key in sorted(gone):
            departure, lines = page.preview.before.get(key), page.meanwhile.get(key, ())
            name = departure.trip_name if departure else _("A departure that is not on this date any more")
            who = lines[-1].author if lines else _("somebody")
            text = _("%(name)s: nothing is left to publish since a change by %(who)s.")
            messages.info(self.request, text % {"name": name, "who": who})
