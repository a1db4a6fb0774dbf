"""The list of proposals: those that wait for somebody, then those that were decided on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.proposals.progress import Progress, progress_of
from novatrek_scheduling.console.proposals.texts import moment_text, regions_text, scope_text
from optimization.models import Proposal

DECIDED_SHOWN = 30


@dataclass(frozen=True, slots=True)
class ListedProposal:
    """A proposal as a row. `progress` is how far a worker is with it, None where it is not being made."""

    id: UUID
    day: date
    regions: str
    limit: str
    by: str
    asked: str
    state: str
    icon: str
    expires: str
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class ProposalList:
    waiting: tuple[ListedProposal, ...]
    decided: tuple[ListedProposal, ...]

    @property
    def is_busy(self) -> bool:
        """Whether one of them is being made."""
        return any(proposal.progress for proposal in self.waiting)


def read_list(now: datetime) -> ProposalList:
    """Return the proposals at `now` (aware), the latest first; of those decided on the last `DECIDED_SHOWN`."""
    without_plan = Proposal.objects.defer("plan", "curve")
    waiting = without_plan.waiting(now)
    decided = without_plan.exclude(pk__in=waiting.values("pk"))[:DECIDED_SHOWN]
    return ProposalList(_rows(waiting, now), _rows(decided, now))


def waiting_for(day: date, now: datetime) -> tuple[ListedProposal, ...]:
    """Return the proposals for a date that wait for somebody."""
    return _rows(Proposal.objects.defer("plan", "curve").waiting(now).filter(schedule_date=day), now)


def _rows(proposals: Iterable[Proposal], now: datetime) -> tuple[ListedProposal, ...]:
    return tuple(_row(proposal, now) for proposal in proposals)


def _row(proposal: Proposal, now: datetime) -> ListedProposal:
    state, icon = _state(proposal, now)
    return ListedProposal(
        id=proposal.pk,
        day=proposal.schedule_date,
        regions=regions_text(proposal.region_ids),
        limit=scope_text(proposal),
        by=proposal.requested_by,
        asked=f"{proposal.requested_by}, {moment_text(proposal.requested_at, with_day=True)}",
        state=state,
        icon=icon,
        expires=moment_text(proposal.expires_at) if proposal.may_be_decided(now) else "",
        progress=progress_of(proposal) if proposal.is_being_made else None,
    )


def _state(proposal: Proposal, now: datetime) -> tuple[str, str]:
    """Return the state in words, and its icon."""
    who = {"who": proposal.decided_by}
    being_made = (_("Being made"), "hourglass_top")
    states = {
        Proposal.Status.PENDING: being_made,
        Proposal.Status.COMPUTING: being_made,
        Proposal.Status.READY: _ready(proposal, now),
        Proposal.Status.ACCEPTED: (_("Accepted by %(who)s") % who, "check_circle"),
        Proposal.Status.DROPPED: (_("Dropped by %(who)s") % who, "cancel"),
        Proposal.Status.FAILED: (_("Could not be made"), "error"),
    }
    return states[Proposal.Status(proposal.status)]


def _ready(proposal: Proposal, now: datetime) -> tuple[str, str]:
    if proposal.expires_at <= now:
        return _("Expired"), "timer_off"
    return (_("Accepted in part"), "rule") if proposal.accepted else (_("To be decided"), "pending_actions")
