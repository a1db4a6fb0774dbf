"""What people do with proposals besides accepting them: ask for one, have it made anew, drop it."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from novatrek_scheduling.errors import Malformed
from optimization.days.queue import RunNotRepeatable
from optimization.models import OptimizationRun, Proposal, RunDetail
from optimization.models.proposals import expiry_from_now
from optimization.proposals.claims import enqueue_proposal
from optimization.proposals.errors import ProposalClosed, UnknownProposal
from scheduling.errors import DateInThePast

MOST_CHANGES = 99


def find_proposal(proposal_id: UUID) -> Proposal:
    """Return the proposal. Raises UnknownProposal."""
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        raise UnknownProposal(f"There is no proposal {proposal_id}; it may have been deleted since.")
    return proposal


def request_proposal(
    day: date,
    region_ids: Collection[UUID],
    *,
    by: str,
    max_changes: int | None = None,
    keeps_pins: bool = True,
    standby_ids: Collection[UUID] = (),
) -> Proposal:
    """Ask for a proposal for the open departures of these regions (none: all) of `day`, and queue its making.

    At most `max_changes` guides are reassigned, any number if None. Without `keeps_pins` pinned guides may be moved as
    well; guides of `standby_ids` are left free. Where the same is being made already, return that one. Raises
    DateInThePast, and Malformed for a limit out of bounds.
    """
    # In the west the day before that of UTC is not over yet.
    if day < (timezone.now() - timedelta(days=1)).date():
        raise DateInThePast(f"{day} is over: there is nothing left to plan.")
    _check_limit(max_changes)
    scope = {
        "schedule_date": day,
        "region_ids": sorted(str(region_id) for region_id in set(region_ids)),
        "max_changes": max_changes,
        "keeps_pins": keeps_pins,
        "standby_ids": sorted(str(guide_id) for guide_id in set(standby_ids)),
    }
    while True:
        try:
            with transaction.atomic():
                proposal = Proposal.objects.create(**scope, requested_by=by)
                enqueue_proposal(proposal.pk)
                return proposal
        except IntegrityError:
            # Made or dropped since, it may be asked for again.
            if same := Proposal.objects.filter(**scope, status__in=Proposal.BEING_MADE).first():
                return same


def propose_again(run: OptimizationRun, *, by: str) -> Proposal:
    """Ask for a proposal for what a run planned, on present facts. Raises RunNotRepeatable, and DateInThePast."""
    detail = RunDetail.objects.filter(pk=run.pk, subject=RunDetail.Subject.DAY).first()
    if detail is None:
        raise RunNotRepeatable(f"Run {run.pk} did not plan a day: there is nothing to plan again.")
    region_ids = [UUID(region_id) for region_id in detail.region_ids]
    return request_proposal(run.schedule_date, region_ids, by=by, max_changes=detail.max_changes)


def make_anew(proposal: Proposal, *, by: str, max_changes: int | None = None, rebased_from: int | None = None) -> None:
    """Have the proposal made anew on the present plan, with another limit of changes too.

    `rebased_from` is the revision that it was made on, where this is the reason. Raises ProposalClosed where somebody
    else decided on it or has it made already.
    """
    _check_limit(max_changes)
    now = timezone.now()
    as_read = Proposal.objects.filter(
        pk=proposal.pk, token=proposal.token, status__in=[Proposal.Status.READY, Proposal.Status.FAILED]
    )
    try:
        with transaction.atomic():
            is_made_anew = as_read.update(
                status=Proposal.Status.PENDING,
                step=Proposal.Step.READING,
                token=F("token") + 1,
                max_changes=max_changes,
                rebased_from=rebased_from,
                requested_by=by,
                requested_at=now,
                expires_at=expiry_from_now(),
                queued_at=now,
                not_before=now,
                attempts=0,
                error="",
            )
            if is_made_anew:
                enqueue_proposal(proposal.pk)
    except IntegrityError as same:
        raise ProposalClosed("The same proposal is being made already: see the list of proposals.") from same
    if not is_made_anew:
        raise closed_because(find_proposal(proposal.pk))


def drop_proposal(proposal: Proposal, *, by: str) -> None:
    """Drop the proposal, or stop its making. Departures of it that were accepted stay. Raises ProposalClosed."""
    undecided = Proposal.objects.filter(pk=proposal.pk, status__in=[*Proposal.OPEN, Proposal.Status.FAILED])
    # The next token: a worker that is making it stores nothing any more.
    if not undecided.update(
        status=Proposal.Status.DROPPED,
        token=F("token") + 1,
        lease_until=None,
        decided_by=by,
        decided_at=timezone.now(),
    ):
        raise closed_because(find_proposal(proposal.pk))


def closed_because(proposal: Proposal) -> ProposalClosed:
    """Return the refusal for a proposal that is not open to decisions, as it is now."""
    if proposal.is_being_made:
        return ProposalClosed(f"{proposal.requested_by} has the proposal made anew at this moment.")
    if proposal.status == Proposal.Status.DROPPED:
        return ProposalClosed(f"{proposal.decided_by} has dropped the proposal.")
    if proposal.status == Proposal.Status.ACCEPTED:
        return ProposalClosed(f"{proposal.decided_by} has accepted the proposal.")
    if proposal.status == Proposal.Status.FAILED:
        return ProposalClosed("The proposal could not be made.")
    if proposal.expires_at <= timezone.now():
        return ProposalClosed("The proposal has expired: have it made anew on the present plan.")
    return ProposalClosed(f"{proposal.requested_by} had the proposal made anew meanwhile: look at it again.")


def _check_limit(max_changes: int | None) -> None:
    if max_changes is not None and not 0 <= max_changes <= MOST_CHANGES:
        raise Malformed(f"The most guides to move is a number from 0 to {MOST_CHANGES}.")
