"""The making of a proposal in a worker: read, plan, check, compare limits of changes. The daily schedule stays."""

from uuid import UUID

import structlog

from novatrek_scheduling.errors import DomainError
from optimization.batch.change_curve import curve_of
from optimization.days.planned_day import PlannedDay
from optimization.days.score import day_score
from optimization.days.services import plan_date, take_planning_snapshot
from optimization.days.verification import refuse_broken_plan
from optimization.models import OptimizationRun, Proposal, RunDetail
from optimization.proposals.claims import claim_proposal, fail_proposal, note_step, store_proposal
from optimization.proposals.plans import ProposedDeparture, ProposedPlan
from optimization.runs.lifecycle import SolveSummary, complete_run, fail_run, inputs_of, start_run
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.presence import announce_presence
from scheduling.domain.document import ScheduleDocument
from scheduling.models import Claim, ClaimLost

logger = structlog.get_logger(__name__)


def compute_proposal(proposal_id: UUID) -> None:
    """Make the proposal, if no other worker does. One that cannot be made has FAILED with the reason for people."""
    claim = claim_proposal(proposal_id)
    if claim is None:
        return
    proposal = Proposal.objects.get(pk=proposal_id)
    region_ids = frozenset(map(UUID, proposal.region_ids))
    run = start_run(
        proposal.schedule_date,
        subject=RunDetail.Subject.QUESTION,
        region_ids=region_ids,
        max_changes=proposal.max_changes,
    )
    try:
        with announce_presence(proposal.schedule_date, region_ids, by=proposal.requested_by):
            _make(proposal, claim, region_ids, run)
    except ClaimLost as lost:
        fail_run(run, "the proposal was dropped while it was made")
        logger.info("proposal_in_other_hands", proposal_id=str(proposal_id), reason=str(lost))
    except DomainError as refused:
        _fail(claim, run, refused.message)
    except Exception as error:
        _fail(claim, run, f"{type(error).__name__}: {error}")
        raise


def _fail(claim: Claim, run: OptimizationRun, error: str) -> None:
    fail_run(run, error)
    try:
        fail_proposal(claim, error)
    except ClaimLost:
        logger.info("proposal_in_other_hands", proposal_id=str(claim.pk), reason=error)


def _make(proposal: Proposal, claim: Claim, region_ids: frozenset[UUID], run: OptimizationRun) -> None:
    day = proposal.schedule_date
    draft = read_drafts([day])[day]
    standby = frozenset(map(UUID, proposal.standby_ids))
    snapshot = take_planning_snapshot(day, region_ids or None)
    planned_regions = region_ids or frozenset(snapshot.regions)
    note_step(claim, Proposal.Step.PLANNING)
    plan = plan_date(
        day,
        planned_regions,
        gather_facts(snapshot),
        max_changes=proposal.max_changes,
        keeps_pins=proposal.keeps_pins,
        standby=standby,
    )
    note_step(claim, Proposal.Step.CHECKING)
    # A person decides on the teams that it takes: they see each of them.
    refuse_broken_plan(plan, may_unstaff=True)
    note_step(claim, Proposal.Step.COMPARING)
    points = curve_of(plan)
    befores = [None, *points[:-1]]
    _complete(run, plan)
    store_proposal(
        claim,
        rev=draft.rev,
        run_id=run.pk,
        plan=proposed_plan(plan, planned_regions, draft.document, standby).model_dump(mode="json"),
        curve=[point.as_json(before) for point, before in zip(points, befores, strict=True)],
    )


def proposed_plan(
    plan: PlannedDay, region_ids: frozenset[UUID], document: ScheduleDocument, standby: frozenset[UUID]
) -> ProposedPlan:
    """Return what the plan of a date changes in its document, with the hours of the guides at home in its regions."""
    snapshot = plan.facts.snapshot
    proposed = {
        key: ProposedDeparture.of(departure, document.departures.get(key), snapshot.trails)
        for key, departure in plan.planned.items()
    }
    changed = {key: departure for key, departure in proposed.items() if departure.is_change}
    regions = [snapshot.regions[key] for key in sorted(region_ids) if key in snapshot.regions]
    compared = {
        guide.id
        for guide in snapshot.guides.values()
        if guide.is_active and any(guide.is_at_home_in(region) for region in regions)
    }
    return ProposedPlan(
        region_ids=tuple(sorted(region_ids)),
        departures=changed,
        hours={guide: plan.facts.recent_hours.get(guide, 0.0) for guide in sorted(compared)},
        moved=len(plan.solved.moved),
        proof=plan.solved.status.value,
        standby={key: snapshot.guides[key].name for key in sorted(standby) if key in snapshot.guides},
        unknown=tuple(snapshot.unknown[sibling] for sibling in sorted(snapshot.unknown)),
    )


def _complete(run: OptimizationRun, plan: PlannedDay) -> None:
    departures = {**plan.planned, **plan.held}
    unstaffed = len([departure for departure in departures.values() if not departure.team])
    solved = SolveSummary.of_day(plan.solved, staffed=len(departures) - unstaffed, unstaffed=unstaffed)
    inputs = inputs_of(plan.problem, plan.facts.snapshot)
    complete_run(run, solved, score=day_score(plan.base, departures), inputs=inputs)
