"""The page of one proposal, on which it is accepted, dropped or made anew."""

from collections.abc import Callable, Collection
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
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.proposals.forms import AcceptForm, LimitForm
from novatrek_scheduling.console.proposals.page import read_page
from novatrek_scheduling.console.proposals.progress import progress_of
from novatrek_scheduling.console.proposals.views import CHANGE, VIEW, found
from novatrek_scheduling.errors import Conflicting, DomainError
from optimization.models import Proposal
from optimization.proposals.accepting import Acceptance, accept_proposal
from optimization.proposals.errors import ProposalNotApplicable, ProposalOutdated
from optimization.proposals.services import drop_proposal, find_proposal, make_anew
from scheduling.admin.optimizing_banner import optimizer_texts

Decision = Callable[..., None]


class ProposalView(ConsolePage):
    """One proposal, and what may be done with it."""

    template_name = "admin/console/proposals/proposal.html"
    permission = VIEW
    permissions = {"POST": CHANGE}

    def get(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        return self._page(found(proposal_id))

    def post(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        decisions = {"accept": self._accept, "accept_all": self._accept, "drop": self._drop, "anew": self._make_anew}
        decide = decisions.get(request.POST.get("decision", ""))
        if decide is None:
            return HttpResponseBadRequest(_("This form has no such button."))
        return decide(found(proposal_id))

    def _accept(self, proposal: Proposal) -> HttpResponse:
        form = AcceptForm(self.request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest(_("The form was not sent as it was shown: load the page again."))
        ticked, made = form.cleaned_data["departure_ids"], form.cleaned_data["made"]
        chosen = None if self.request.POST["decision"] == "accept_all" else ticked
        try:
            accepted = accept_proposal(
                proposal,
                chosen,
                author=self.author("proposal accepted"),
                made=made,
                may_unstaff=may_override(self.request.user),
            )
        except DomainError as refused:
            return self._refused(proposal, refused, ticked)
        self._say_what_was_accepted(accepted)
        return redirect("console:proposal", proposal.pk)

    def _drop(self, proposal: Proposal) -> HttpResponse:
        return self._decide(proposal, _("The proposal is dropped."), drop_proposal)

    def _make_anew(self, proposal: Proposal) -> HttpResponse:
        form = LimitForm(self.request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest(_("The number of guides who may move is not a number."))
        limit = form.cleaned_data["max_changes"]
        return self._decide(proposal, "", lambda shown, *, by: make_anew(shown, by=by, max_changes=limit))

    def _decide(self, proposal: Proposal, done: str, decide: Decision) -> HttpResponse:
        try:
            decide(proposal, by=self.request.user.get_username())
        except DomainError as refused:
            return self._refused(proposal, refused, None)
        if done:
            messages.success(self.request, done)
        return redirect("console:proposal", proposal.pk)

    def _refused(self, proposal: Proposal, refused: DomainError, ticked: Collection[UUID] | None) -> HttpResponse:
        """Show the page as it is now, with what was ticked and the reasons."""
        messages.warning(self.request, refused.message)
        if isinstance(refused, ProposalOutdated):
            return redirect("console:proposal", proposal.pk)
        return self._page(
            find_proposal(proposal.pk),
            status=HTTPStatus.CONFLICT if isinstance(refused, Conflicting) else HTTPStatus.UNPROCESSABLE_ENTITY,
            ticked=ticked,
            refused=refused if isinstance(refused, ProposalNotApplicable) else None,
        )

    def _page(
        self,
        proposal: Proposal,
        *,
        status: int = HTTPStatus.OK,
        ticked: Collection[UUID] | None = None,
        refused: ProposalNotApplicable | None = None,
    ) -> HttpResponse:
        day = date_format(proposal.schedule_date, "LONG_DATE_FORMAT")
        return self.show(
            _("Proposal for %(day)s") % {"day": day},
            status=status,
            page=read_page(proposal, timezone.now(), ticked=ticked, refusals=refused.reasons if refused else None),
            progress=progress_of(proposal) if proposal.is_being_made else None,
            optimizers=optimizer_texts(proposal.schedule_date),
            may_decide=self.request.user.has_perm(CHANGE),
        )

    def _say_what_was_accepted(self, accepted: Acceptance) -> None:
        if count := len(accepted.written):
            text = ngettext("%(count)s departure has its new plan.", "%(count)s departures have their new plan.", count)
            messages.success(self.request, text % {"count": count})
        for name in sorted({part.by for part in accepted.already.values()} - {self.request.user.get_username()}):
            messages.info(self.request, _("%(who)s had accepted some of them before.") % {"who": name})
