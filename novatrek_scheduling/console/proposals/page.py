"""What the page of a proposal shows, in the order and in the words in which it does."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.proposals.figures import CurveRow, Figure, curve_of, figures_of
from novatrek_scheduling.console.proposals.lanes import Axis, Days
from novatrek_scheduling.console.proposals.rows import DepartureRow, PersonRow, by_region, departure_row, person_row
from novatrek_scheduling.console.proposals.texts import (
    moment_text,
    proof_text,
    regions_text,
    scope_text,
)
from novatrek_scheduling.console.states import states_of
from optimization.models import Proposal
from optimization.proposals.difference import (
    PartState,
    departures_with,
    departures_without,
)
from optimization.proposals.plans import ProposedPlan
from optimization.proposals.reading import difference_now
from scheduling.daily_schedules.drafts import read_drafts


@dataclass(frozen=True, slots=True)
class MadeProposal:
    """What a proposal that is made would change."""

    figures: tuple[Figure, ...]
    departures: tuple[DepartureRow, ...]
    people: tuple[PersonRow, ...]
    axis: Axis
    curve: tuple[CurveRow, ...]
    proof: str
    unknown: tuple[str, ...]
    standbys: tuple[str, ...]
    is_moved_on: bool
    open_count: int


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal. `made` is absent while it is made and where that failed; `remarks` are said before all else."""

    proposal: Proposal
    day: date
    regions: str
    limit: str
    expires: str
    decided: str
    is_expired: bool
    may_be_decided: bool
    remarks: tuple[str, ...] = ()
    made: MadeProposal | None = None


def read_page(
    proposal: Proposal,
    now: datetime,
    *,
    ticked: Collection[UUID] | None = None,
    refusals: Mapping[UUID, str] | None = None,
) -> ProposalPage:
    """Return the page of a proposal at `now` (aware).

    `ticked` are the departures that are ticked, None: all that may be accepted. `refusals` says why some could not be.
    """
    return ProposalPage(
        proposal=proposal,
        day=proposal.schedule_date,
        regions=regions_text(proposal.region_ids),
        limit=scope_text(proposal),
        expires=moment_text(proposal.expires_at),
        decided=moment_text(proposal.decided_at) if proposal.decided_at else "",
        is_expired=proposal.status == Proposal.Status.READY and proposal.expires_at <= now,
        may_be_decided=proposal.may_be_decided(now),
        remarks=tuple(_remarks(proposal)),
        made=_made(proposal, now, ticked, refusals or {}) if proposal.plan and not proposal.is_being_made else None,
    )


def _remarks(proposal: Proposal) -> Iterator[str]:
    if proposal.rebased_from is not None and not proposal.is_being_made:
        yield _(
            "A departure of it changed after revision %(before)s: the proposal was made anew on revision %(now)s."
        ) % {"before": proposal.rebased_from, "now": proposal.rev}


def _made(
    proposal: Proposal, now: datetime, ticked: Collection[UUID] | None, refusals: Mapping[UUID, str]
) -> MadeProposal:
    day = proposal.schedule_date
    draft = read_drafts([day])[day]
    plan = ProposedPlan.model_validate(proposal.plan)
    difference = difference_now(proposal, now, draft.document)
    stored = {part.id: part.now for part in difference.departures if part.now}
    states = states_of(day, stored, now)
    may_be_decided = proposal.may_be_decided(now)
    days = Days(departures_without(plan, draft.document), departures_with(plan, draft.document))
    return MadeProposal(
        figures=tuple(figures_of(difference)),
        departures=tuple(
            departure_row(part, difference, states.get(part.id), may_be_decided, ticked, refusals)
            for part in sorted(difference.departures, key=by_region)
        ),
        people=tuple(person_row(person, difference, days) for person in difference.people),
        axis=days.axis,
        curve=tuple(curve_of(proposal)),
        proof=proof_text(plan.proof),
        unknown=plan.unknown,
        standbys=tuple(sorted(plan.standby.values())),
        is_moved_on=bool(difference.in_state(PartState.CHANGED)),
        open_count=len(difference.in_state(PartState.OPEN)) if may_be_decided else 0,
    )
