"""The record of who accepted which part of a proposal, in the transaction that writes it."""

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from optimization.models import Proposal
from optimization.proposals.difference import PartState
from optimization.proposals.plans import AcceptedPart
from optimization.proposals.reading import accepted_of, difference_now
from optimization.proposals.services import closed_because
from scheduling.daily_schedules.drafts import read_drafts


def record_acceptance(proposal: Proposal, departure_ids: Collection[UUID], *, by: str) -> dict[UUID, AcceptedPart]:
    """Record the departures as accepted; return those of them that somebody else accepted meanwhile.

    Call it in the transaction of the write, after it: with the last departure the proposal is ACCEPTED. Raises
    ProposalClosed where it was decided on or made anew meanwhile, which rolls the write back.
    """
    now = timezone.now()
    # The row lock: of two people who accept, drop or have it made anew at once, the second sees what the first did.
    current = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if current.token != proposal.token or not current.may_be_decided(now):
        raise closed_because(current)
    met = {key: part for key, part in accepted_of(current).items() if key in departure_ids}
    draft = read_drafts([current.schedule_date])[current.schedule_date]
    if taken := sorted(set(departure_ids) - met.keys()):
        part = AcceptedPart(departure_ids=tuple(taken), by=by, at=now, rev=draft.rev, made=current.token)
        current.accepted = [*current.accepted, part.model_dump(mode="json")]
    difference = difference_now(current, now, draft.document)
    if not difference.in_state(PartState.OPEN) and not difference.in_state(PartState.CHANGED):
        current.status, current.decided_by, current.decided_at = Proposal.Status.ACCEPTED, by, now
    current.save(update_fields=["accepted", "status", "decided_by", "decided_at"])
    return met
