"""Housekeeping of proposals: those that no worker makes, those that the plan overtook, those that are long over."""

from datetime import datetime, timedelta

import structlog

from optimization.models import Proposal
from optimization.proposals.claims import enqueue_proposal
from optimization.proposals.difference import PartState
from optimization.proposals.errors import ProposalClosed
from optimization.proposals.reading import difference_now
from optimization.proposals.services import make_anew
from scheduling.models import MAX_ATTEMPTS

logger = structlog.get_logger(__name__)

# A message unanswered for this long is taken for lost; a surplus message does no harm.
REQUEUE_AFTER = timedelta(minutes=1)


def sweep_proposals(now: datetime) -> int:
    """Queue abandoned proposals again, fail those of which every attempt was killed, rebase, and purge.

    Return how many messages were sent.
    """
    Proposal.objects.to_purge(now).delete()
    Proposal.objects.exhausted(now).update(
        status=Proposal.Status.FAILED, lease_until=None, error=f"{MAX_ATTEMPTS} attempts ended unfinished"
    )
    abandoned = list(Proposal.objects.waiting(now).abandoned(now, unclaimed_since=now - REQUEUE_AFTER))
    for proposal in abandoned:
        Proposal.objects.filter(pk=proposal.pk).update(queued_at=now)
        enqueue_proposal(proposal.pk)
    return len(abandoned) + _rebase_outdated(now)


def _rebase_outdated(now: datetime) -> int:
    """Have those proposals made anew of which an open departure changed since; return how many."""
    rebased = 0
    for proposal in Proposal.objects.waiting(now).filter(status=Proposal.Status.READY):
        if not difference_now(proposal, now).in_state(PartState.CHANGED):
            continue
        try:
            make_anew(proposal, by=proposal.requested_by, max_changes=proposal.max_changes, rebased_from=proposal.rev)
        except ProposalClosed as closed:
            logger.info("proposal_not_rebased", proposal_id=str(proposal.pk), reason=closed.message)
        else:
            rebased += 1
    return rebased
