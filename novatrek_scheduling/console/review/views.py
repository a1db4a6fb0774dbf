"""The page of the review: the queue, and one conflict beside it, which is resolved there."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conflicts.admin.outcome_text import message_about
from conflicts.choices import ResolutionStatus
from conflicts.detection import Severity
from conflicts.errors import ConflictAlreadyResolved, UnknownOption
from conflicts.resolution.acceptance import withdraw_acceptance
from conflicts.resolution.outcomes import ResolutionOutcome
from conflicts.resolution.services import resolve_conflict
from novatrek_scheduling.api.overriding import may_override, refuse_override
from novatrek_scheduling.console.guides.health import may_read_health
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.refusals import refusal_text
from novatrek_scheduling.console.review.conflict import Reviewed, entered_about, read_reviewed
from novatrek_scheduling.console.review.filters import Filters
from novatrek_scheduling.console.review.forms import ChoiceForm, WithdrawForm
from novatrek_scheduling.console.review.options import cards_of, is_acceptance, preview_of
from novatrek_scheduling.console.review.queue import next_open, read_queue
from novatrek_scheduling.errors import Conflicting, DomainError
from scheduling.admin.region_names import region_names

VIEW, RESOLVE = "conflicts.view_scheduleconflict", "conflicts.resolve_scheduleconflict"
OVERRIDE = "conflicts.override_scheduleconflict"
MOST_NAMES = 5
_NOT_OFFERED = gettext_lazy("This option is not offered any more: the plan has changed since. Choose another one.")


@dataclass(frozen=True, slots=True)
class Risk:
    """Whether the risk may be accepted by the person at the page; if not, why, and to whom they turn.

    `is_listed`: some person may accept it, so that it is among the options.
    """

    may_accept: bool
    is_critical: bool
    why_not: str = ""
    is_listed: bool = True


class ReviewPage(ConsolePage):
    """The queue of open conflicts with one of them: that of the address, or the first."""

    template_name = "admin/console/review/review.html"
    permission = VIEW
    permissions = {"POST": RESOLVE}

    def get(self, request: HttpRequest, conflict_id: UUID | None = None) -> HttpResponse:
        chosen = _id_in(request.GET.get("option"))
        return self._page(conflict_id, chosen=chosen)

    def post(self, request: HttpRequest, conflict_id: UUID | None = None) -> HttpResponse:
        if conflict_id is None:
            # The forms are about one conflict and are sent to its address.
            return HttpResponseNotAllowed(["GET"])
        steps = {"choose": self._choose, "apply": self._apply, "withdraw": self._withdraw}
        step = steps.get(request.POST.get("do", ""))
        if step is None and "choose" in request.POST:
            step = self._choose
        if step is None:
            return HttpResponseBadRequest(_("This form has no such button."))
        return step(_found(conflict_id))

    def _choose(self, reviewed: Reviewed) -> HttpResponse:
        """Show what the chosen option would do, with everything typed kept."""
        chosen = _id_in(self.request.POST.get("choose"))
        if reviewed.is_open and not any(card.is_chosen for card in cards_of(reviewed.conflict, chosen)):
            messages.warning(self.request, _NOT_OFFERED)
        return self._page(reviewed.conflict.pk, chosen=chosen, typed=self.request.POST)

    def _apply(self, reviewed: Reviewed) -> HttpResponse:
        conflict, posted = reviewed.conflict, self.request.POST
        chosen = _id_in(posted.get("option"))
        accepts_risk = chosen is not None and is_acceptance(conflict, chosen)
        is_critical = conflict.severity is Severity.CRITICAL
        form = ChoiceForm(posted, latest=reviewed.latest, accepts_risk=accepts_risk, is_critical=is_critical)
        if conflict.resolved:
            return self._too_late(reviewed)
        if chosen is None:
            messages.warning(self.request, _("Choose an option first."))
        if not form.is_valid() or chosen is None:
            return self._page(conflict.pk, chosen=chosen, typed=posted, form=form, status=HTTPStatus.BAD_REQUEST)
        try:
            outcome = self._resolve(conflict.pk, chosen, form.cleaned_data)
        except DomainError as refused:
            return self._refused(reviewed, chosen, refused)
        text, level = message_about(outcome)
        messages.add_message(self.request, level, f"{reviewed.description} {_(outcome.applied_strategy.label)}. {text}")
        if outcome.resolution_status is ResolutionStatus.FAILED:
            return self._page(conflict.pk, chosen=chosen, typed=posted, status=HTTPStatus.CONFLICT)
        # Only now: what was done may have ended the conflicts after it, too.
        return redirect(self._address(next_open(Filters.of(self.request.GET), conflict)))

    def _resolve(self, conflict_id: UUID, option_id: UUID, typed: Mapping[str, Any]) -> ResolutionOutcome:
        if typed["override_warnings"]:
            refuse_override(self.request.user)
        return resolve_conflict(
            conflict_id,
            option_id,
            by=self.request.user.get_username(),
            notes=typed["notes"],
            override_warnings=typed["override_warnings"],
            accept_until=typed["accept_until"],
        )

    def _withdraw(self, reviewed: Reviewed) -> HttpResponse:
        form = WithdrawForm(self.request.POST)
        if not form.is_valid():
            return self._page(reviewed.conflict.pk, typed=self.request.POST, status=HTTPStatus.BAD_REQUEST)
        try:
            by, notes = self.request.user.get_username(), form.cleaned_data["notes"]
            reopened = withdraw_acceptance(reviewed.conflict.pk, by=by, notes=notes)
        except DomainError as refused:
            messages.warning(self.request, refusal_text(refused))
            return self._page(reviewed.conflict.pk, typed=self.request.POST, status=HTTPStatus.CONFLICT)
        text = _("The acceptance is withdrawn, and the conflict is open again.")
        messages.success(self.request, text if reopened else _("The acceptance is withdrawn."))
        return redirect(self._address(reopened.pk if reopened else reviewed.conflict.pk))

    def _refused(self, reviewed: Reviewed, chosen: UUID, refused: DomainError) -> HttpResponse:
        """Show the page as it is now with what was typed, and why nothing was done."""
        if isinstance(refused, ConflictAlreadyResolved):
            return self._too_late(_found(reviewed.conflict.pk))
        if isinstance(refused, UnknownOption):
            messages.warning(self.request, _NOT_OFFERED)
            return self._page(reviewed.conflict.pk, typed=self.request.POST, status=HTTPStatus.CONFLICT)
        reasons = [refusal_text(refused), *(problem.reason for problem in refused.problems)]
        messages.warning(self.request, " ".join(reasons))
        is_conflict = isinstance(refused, Conflicting)
        status = HTTPStatus.CONFLICT if is_conflict else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._page(reviewed.conflict.pk, chosen=chosen, typed=self.request.POST, status=status)

    def _too_late(self, reviewed: Reviewed) -> HttpResponse:
        """Say who was first and with what; the note stays, and the next conflict is a key away."""
        messages.warning(self.request, _("Somebody was first. %(how)s") % {"how": reviewed.resolved_text})
        return self._page(reviewed.conflict.pk, typed=self.request.POST, status=HTTPStatus.CONFLICT)

    def _page(
        self,
        conflict_id: UUID | None,
        *,
        chosen: UUID | None = None,
        typed: Any = None,
        form: ChoiceForm | None = None,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        filters = Filters.of(self.request.GET)
        queue = read_queue(filters, conflict_id, _number(self.request.GET.get("page")))
        reviewed = _found(queue.current) if queue.current else None
        context: dict[str, Any] = {
            "queue": queue,
            "filters": filters,
            "regions": region_names().items(),
            "reviewed": reviewed,
            "typed": typed or {},
        }
        if reviewed:
            cards = cards_of(reviewed.conflict, chosen) if reviewed.is_open else []
            card = next((card for card in cards if card.is_chosen), None)
            if may_read_health(self.request.user):
                context["entered"] = entered_about(reviewed)
            context |= {
                "cards": cards,
                "chosen": card,
                "preview": preview_of(reviewed.conflict, card.option) if card and card.option.steps else None,
                "risk": _risk_for(self.request.user, reviewed),
                "errors": form.errors if form else {},
            }
        user = self.request.user
        context |= {"may_resolve": user.has_perm(RESOLVE), "may_override": may_override(user)}
        return self.show(_("Conflicts"), status=status, **context)

    def _address(self, conflict_id: UUID | None) -> str:
        filters = Filters.of(self.request.GET)
        address = reverse("console:review", args=[conflict_id]) if conflict_id else reverse("console:review")
        return address + filters.query


def _found(conflict_id: UUID) -> Reviewed:
    reviewed = read_reviewed(conflict_id, timezone.now())
    if reviewed is None:
        raise Http404(_("There is no such conflict."))
    return reviewed


def _risk_for(person: Any, reviewed: Reviewed) -> Risk:
    is_critical = reviewed.conflict.severity is Severity.CRITICAL
    if reviewed.cause.is_never_overridden:
        why = _("Certificates, restrictions, overlaps and rest are nobody's to accept: something has to change.")
        return Risk(False, is_critical, why, is_listed=False)
    if not reviewed.cause.may_be_accepted:
        why = _("Without a lead or a trail nobody goes: that cannot be accepted, only changed.")
        return Risk(False, is_critical, why, is_listed=False)
    if is_critical and not may_override(person):
        return Risk(False, is_critical, _critical_text())
    return Risk(True, is_critical)


def _critical_text() -> str:
    why = _("A critical risk is accepted by an operations manager only.")
    backend = "django.contrib.auth.backends.ModelBackend"
    people = User.objects.with_perm(OVERRIDE, include_superusers=False, backend=backend).order_by("username")
    names = [person.get_full_name() or person.username for person in people[:MOST_NAMES]]
    turn = _("Turn to %(names)s.") % {"names": ", ".join(names)}
    return f"{why} {turn}" if names else why


def _id_in(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < len("1000000") else None
