"""The making of proposals as leased work: claimed, moved on from step to step, and settled, by one worker at a time."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from novatrek_scheduling.queue import enqueue
from optimization.days.queue import QUEUE
from optimization.models import Proposal
from optimization.models.proposals import expiry_from_now
from scheduling.models import Claim, ClaimLost

COMPUTE_TASK = "optimization.compute_proposal"
# Ahead of the dates of a night: a person is waiting.
PRIORITY = 0


def enqueue_proposal(proposal_id: UUID) -> None:
    """Queue the making of a proposal once the transaction commits; the sweeper queues a lost message again."""
    enqueue(COMPUTE_TASK, str(proposal_id), queue=QUEUE, priority=PRIORITY)


@transaction.atomic
def claim_proposal(proposal_id: UUID) -> Claim | None:
    """Claim the making of a proposal; None where it is made or dropped, or held by another worker."""
    now = timezone.now()
    # Of two workers with the same message one locks the row; the other has nothing to do.
    proposal = Proposal.objects.select_for_update(skip_locked=True).filter(pk=proposal_id).first()
    if proposal is None or not proposal.may_be_claimed(now):
        return None
    proposal.status, proposal.step = Proposal.Status.COMPUTING, Proposal.Step.READING
    return proposal.hold(now, timedelta(seconds=settings.TASK_TIME_LIMIT_SECONDS), "status", "step")


def note_step(claim: Claim, step: Proposal.Step) -> None:
    """Store what the worker begins to do. Raises ClaimLost, after a person dropped the proposal among others."""
    current = Proposal.objects.filter(pk=claim.pk, token=claim.token, status=Proposal.Status.COMPUTING)
    if not current.update(step=step):
        raise ClaimLost(f"Proposal {claim.pk} was dropped or is made by another worker.")


def store_proposal(
    claim: Claim, *, rev: int, run_id: UUID, plan: Mapping[str, Any], curve: list[dict[str, Any]]
) -> None:
    """Store what was made, for two hours. Raises ClaimLost."""
    _settle(
        claim,
        status=Proposal.Status.READY,
        rev=rev,
        run_id=run_id,
        plan=plan,
        curve=curve,
        expires_at=expiry_from_now(),
    )


def fail_proposal(claim: Claim, error: str) -> None:
    """Fail the proposal; a person may have it made again. Raises ClaimLost."""
    _settle(claim, status=Proposal.Status.FAILED, error=error)


def _settle(claim: Claim, **changes: object) -> None:
    Proposal.objects.filter(status=Proposal.Status.COMPUTING).settle(claim, **changes)
