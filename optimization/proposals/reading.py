"""What is stored of a proposal, read into values, and against the date as it is now."""

from datetime import datetime
from uuid import UUID

from optimization.models import Proposal
from optimization.proposals.difference import Difference, difference_of
from optimization.proposals.plans import AcceptedPart, ProposedPlan, accepted_by_departure
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.document import ScheduleDocument


def difference_now(proposal: Proposal, now: datetime, document: ScheduleDocument | None = None) -> Difference:
    """Return the difference that a made proposal makes to the date as it is stored now, or to `document`."""
    if document is None:
        document = read_drafts([proposal.schedule_date])[proposal.schedule_date].document
    plan = ProposedPlan.model_validate(proposal.plan)
    return difference_of(plan, document, proposal.schedule_date, now, accepted_of(proposal))


def accepted_of(proposal: Proposal) -> dict[UUID, AcceptedPart]:
    """Return who accepted which departures of the proposal as it is made now."""
    parts = [AcceptedPart.model_validate(part) for part in proposal.accepted]
    return accepted_by_departure(parts, proposal.token)
