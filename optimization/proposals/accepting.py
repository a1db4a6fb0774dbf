"""Accepting a proposal, whole or in parts: checked on facts of the moment, written once, all or nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils import timezone

from optimization.candidates.assessment import in_short
from optimization.days.refusal import PlanRefused
from optimization.days.written_changes import refuse_broken_write
from optimization.models import Proposal
from optimization.proposals.difference import DepartureDifference, Difference, PartState, state_of
from optimization.proposals.errors import ProposalNotApplicable, ProposalOutdated
from optimization.proposals.plans import AcceptedPart, ProposedDeparture
from optimization.proposals.reading import difference_now
from optimization.proposals.records import record_acceptance
from optimization.proposals.services import closed_because, make_anew
from optimization.proposals.teams import FormedTeams, form_teams_of
from optimization.proposals.ties import torn
from optimization.verification.evidence import HardRule
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.surroundings import entries_over
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import ScheduleDocument
from scheduling.errors import DepartureElsewhere, HardRuleViolated
from scheduling.rules.inputs import is_adjusted

TOO_MANY_TEAMS = (
    "Nothing was saved: too many published departures would lose their teams. "
    "Accept fewer of them, or ask an operations manager to accept."
)
CHANGED_NOW = "it changed at this moment: try again"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What accepting did: the departures that it wrote, and those that somebody had accepted before."""

    written: frozenset[UUID]
    already: Mapping[UUID, AcceptedPart]


def accept_proposal(
    proposal: Proposal,
    departure_ids: Collection[UUID] | None,
    *,
    author: Author,
    made: int | None = None,
    may_unstaff: bool = False,
) -> Acceptance:
    """Write what the proposal plans for these departures, all or nothing, on facts of the moment.

    None: for all that are not over. `made` is the proposal's token when the departures were chosen: since then it may
    have been made anew. `may_unstaff`: the person may take the teams of more published departures than a machine may.
    Departures that somebody accepted before are left alone and reported. Where one of the chosen changed since the
    proposal was made, nothing is written and it is made anew. Raises ProposalClosed,
    ProposalOutdated, ProposalNotApplicable with the reasons by departure, SiblingUnavailable, PlanRefused and
    ContentionNotResolved.
    """
    now = timezone.now()
    if not proposal.may_be_decided(now) or made not in {None, proposal.token}:
        raise closed_because(proposal)
    difference = difference_now(proposal, now)
    asked = [
        part
        for part in difference.departures
        if (part.state is not PartState.OVER if departure_ids is None else part.id in departure_ids)
    ]
    if not asked:
        raise ProposalNotApplicable("Choose at least one departure.", {})
    already = {part.id: part.accepted for part in asked if part.accepted}
    chosen = [part for part in asked if not part.accepted]
    if changed := [part for part in chosen if part.state is PartState.CHANGED]:
        _rebase(proposal, changed, by=author.subject)
    _refuse(_obstacles(chosen, difference))
    if not chosen:
        return Acceptance(frozenset(), already)
    written, met = _write(proposal, {part.id: part.proposed for part in chosen}, author, may_unstaff=may_unstaff)
    return Acceptance(written - met.keys(), {**already, **met})


def _rebase(proposal: Proposal, changed: Collection[DepartureDifference], *, by: str) -> None:
    """Have the proposal made anew on the present plan, and raise ProposalOutdated, which says so."""
    make_anew(proposal, by=by, max_changes=proposal.max_changes, rebased_from=proposal.rev)
    names = ", ".join(sorted({part.proposed.trip_name for part in changed}))
    raise ProposalOutdated(f"Nothing was saved: {names} changed since. The proposal is made anew on the present plan.")


def _obstacles(chosen: Collection[DepartureDifference], difference: Difference) -> dict[UUID, str]:
    """Return why chosen departures cannot be accepted, as far as our own records tell."""
    keys = {part.id for part in chosen}
    names = {part.id: part.proposed.trip_name for part in difference.departures}
    reasons = {part.id: "it has begun or is cancelled" for part in chosen if part.state is PartState.OVER}
    ties = {tie for part in chosen for tie in part.ties}
    for tie in sorted(torn(ties, keys, difference.settled), key=lambda tie: (tie.name, tie.leaves, tie.joins)):
        here = tie.leaves if tie.leaves in keys else tie.joins
        way = f"{tie.name} goes from {names[tie.leaves]} to {names[tie.joins]}"
        reasons.setdefault(here, f"{way}: accept {names[tie.other(here)]} too, or neither")
    return reasons


def _refuse(reasons: Mapping[UUID, str]) -> None:
    if reasons:
        raise ProposalNotApplicable("Nothing was saved: some of the chosen departures cannot be accepted.", reasons)


def _write(
    proposal: Proposal, chosen: Mapping[UUID, ProposedDeparture], author: Author, *, may_unstaff: bool
) -> tuple[frozenset[UUID], dict[UUID, AcceptedPart]]:
    """Write the departures; return those written, and those that somebody accepted at the same moment."""
    day, began_at = proposal.schedule_date, timezone.now()
    formed = form_teams_of(chosen, day)
    _refuse(formed.reasons)
    written: set[UUID] = set()
    met: dict[UUID, AcceptedPart] = {}

    def edit(drafts: Mapping[date, Draft]) -> None:
        written.clear()
        written.update(_apply(formed, chosen, drafts[day].document, day))

    def after_write(changes: Mapping[date, Change]) -> None:
        refuse_broken_write(changes, formed.facts, began_at, may_unstaff=may_unstaff, may_unpin=not proposal.keeps_pins)
        # A try before this one may have been rolled back.
        met.clear()
        met.update(record_acceptance(proposal, chosen.keys(), by=author.subject))

    try:
        write_daily_schedules(
            [day],
            edit,
            author=replace(author, run_id=proposal.run_id),
            facts=formed.facts,
            after_write=after_write,
        )
    except HardRuleViolated as violated:
        raise _as_refusal(violated, chosen) from violated
    except PlanRefused as refused:
        if set(refused.rules) == {HardRule.PUBLISHED_TEAMS.value}:
            raise ProposalNotApplicable(TOO_MANY_TEAMS, {}) from refused
        raise
    except DepartureElsewhere as elsewhere:
        reasons = {key: f"it is on {other} now" for key, other in elsewhere.dates.items()}
        raise ProposalNotApplicable("Nothing was saved.", reasons) from elsewhere
    return frozenset(written), met


def _apply(
    formed: FormedTeams, chosen: Mapping[UUID, ProposedDeparture], document: ScheduleDocument, day: date
) -> frozenset[UUID]:
    """Put the teams into the document; return the departures that this changes. Raises ProposalNotApplicable."""
    now = timezone.now()
    entered = entries_over(document, day, formed.departures.values())
    states = {key: state_of(proposed, document.departures.get(key), now) for key, proposed in chosen.items()}
    to_write = {key for key, state in states.items() if state is not PartState.DONE}
    _refuse(
        {
            key: CHANGED_NOW
            for key in to_write
            if states[key] is not PartState.OPEN or is_adjusted(formed.departures[key], formed.context.entered, entered)
        }
    )
    for key in to_write:
        current = document.departures.get(key)
        if current is None:
            document.departures[key] = formed.departures[key].model_copy(deep=True)
        else:
            current.take_plan(formed.departures[key])
    return frozenset(to_write)


def _as_refusal(violated: HardRuleViolated, chosen: Mapping[UUID, ProposedDeparture]) -> ProposalNotApplicable:
    names = {guide.guide_id: guide.name for proposed in chosen.values() for guide in proposed.after.guides}
    by_departure: dict[UUID, list[str]] = {}
    for violation in violated.violations:
        about = names.get(violation.guide_id) if violation.guide_id else None
        message = f"{about}: {in_short(violation.rule, violation.message)}" if about else violation.message
        by_departure.setdefault(violation.departure_id, []).append(message)
    reasons = {key: "; ".join(dict.fromkeys(messages)) for key, messages in by_departure.items()}
    return ProposalNotApplicable("Nothing was saved: some of the chosen departures cannot be accepted.", reasons)
