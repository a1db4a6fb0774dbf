"""Optimization of a date and some regions: read, solve outside any transaction, store, recorded in a run."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.utils import timezone

from optimization.candidates.assessment import Crews
from optimization.days.dead_letters import record_failed_optimization
from optimization.days.inputs import add_certificates, add_notes, load_inputs, open_departures, without_pins
from optimization.days.planned_day import PlannedDay
from optimization.days.planner import assign_guides, form_teams, guides_to_certify
from optimization.days.refusal import PlanRefused
from optimization.days.storing import DayOptimization, complete_dry_run, guide_names_of, store_plan
from optimization.days.verification import refuse_broken_plan
from optimization.models import OptimizationRun, RunDetail
from optimization.runs.coalescing import PlanningScope, run_or_join
from optimization.runs.lifecycle import fail_run, start_run
from optimization.runs.selectors import latest_score
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.catalog_following import DatesInLine, follow_catalog
from scheduling.daily_schedules.decision_facts import Led, gather_facts
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.places import places_on
from scheduling.daily_schedules.writer import TRIES
from scheduling.domain.document import Candidates, Trait
from scheduling.domain.facts import Snapshot
from scheduling.errors import ContentionNotResolved
from scheduling.metrics import schedule_write_retries, schedule_writes_exhausted
from scheduling.rules import Facts
from scheduling.siblings import SiblingUnavailable
from scheduling.snapshot.builder import take_day_snapshot

logger = structlog.get_logger(__name__)


def optimize_day(
    day: date,
    region_ids: Collection[UUID],
    *,
    author: Author,
    dry_run: bool = False,
    snapshot: Snapshot | None = None,
    led: Led | None = None,
    max_changes: int | None = None,
    may_unstaff: bool = False,
) -> DayOptimization:
    """Staff every open departure of these regions on `day` and store the plan; other regions stay unchanged.

    What the catalog changed is followed first, in a write of its own. `snapshot` and `led`, the guides' experience, are
    read here where they were not yet.

    At most `max_changes` guides are reassigned. `may_unstaff`: a person accepts a plan that takes the teams of more
    published departures than a machine may. Where a run under way already plans this scope, wait for it and
    return its outcome: nothing is planned twice.

    Departures that changed while the solver worked, and those of guides who entered something meanwhile, are
    replanned, only those, at most three times in all. Raises SiblingUnavailable when the trip catalog or guide
    management does not answer, ContentionNotResolved with the guides concerned, and PlanRefused for a plan that
    breaks a hard rule; in each case the run is FAILED and what could not be stored stays unchanged.
    """
    scope = PlanningScope(day, frozenset(region_ids), max_changes)
    if dry_run:
        return _optimize(scope, uuid4(), author, snapshot, led, dry_run=True, may_unstaff=may_unstaff)
    run_id = uuid4()
    with run_or_join(scope, by=str(author), run_id=run_id) as joined:
        if joined:
            return _joined_optimization(joined, scope)
        return _optimize(scope, run_id, author, snapshot, led, dry_run=False, may_unstaff=may_unstaff)


def _optimize(
    scope: PlanningScope,
    run_id: UUID,
    author: Author,
    snapshot: Snapshot | None,
    led: Led | None,
    *,
    dry_run: bool,
    may_unstaff: bool,
) -> DayOptimization:
    run = start_run(
        scope.day,
        subject=RunDetail.Subject.DAY,
        region_ids=scope.region_ids,
        run_id=run_id,
        max_changes=scope.max_changes,
    )
    score_before = None if dry_run else latest_score(scope.day, scope.region_ids)
    optimized = DayOptimization(run, scope, score_before, may_unstaff=may_unstaff)
    try:
        snapshot = snapshot or take_planning_snapshot(scope.day, scope.region_ids)
        facts = gather_facts(snapshot, led=led, region_ids=scope.region_ids)
        in_line = None if dry_run else _follow_catalog(scope, facts)
        _plan_and_store(optimized, facts, replace(author, run_id=run_id), in_line, dry_run=dry_run)
    except PlanRefused as refused:
        fail_run(run, refused.message)
        if not dry_run:
            record_failed_optimization(scope.day, scope.region_ids, author, refused)
        raise
    except SiblingUnavailable as silent:
        fail_run(run, silent.message, unknown={silent.sibling.value: silent.message})
        raise
    except Exception as error:
        fail_run(run, f"{type(error).__name__}: {error}")
        raise
    return optimized


def _follow_catalog(scope: PlanningScope, facts: Facts) -> DatesInLine | None:
    """Bring the date in line with the catalog, so that what is sold is planned. Raises ContentionNotResolved."""
    seconds = float(settings.SNAPSHOT_DEADLINE_SECONDS["worker"])
    return follow_catalog(facts, region_ids=scope.region_ids, deadline_seconds=seconds, planned_next=scope.region_ids)


def _joined_optimization(run: OptimizationRun, scope: PlanningScope) -> DayOptimization:
    """Return what the joined run stored, as if it had been planned here."""
    draft = read_drafts([scope.day], departures=(), candidates=[Candidates.of(Trait.REGION, scope.region_ids)])
    departures = open_departures(draft[scope.day].document, scope.region_ids, timezone.now())
    return DayOptimization(run, scope, None, base=departures, planned=departures, is_joined=True)


def take_planning_snapshot(day: date, region_ids: Collection[UUID] | None) -> Snapshot:
    """Take the snapshot to plan a date on, within the workers' deadline, with the trips and trails of our document."""
    places = places_on([day])[day]
    return take_day_snapshot(
        day,
        region_ids=region_ids,
        trip_ids=places.trip_ids,
        trail_ids=places.trail_ids,
        deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["worker"],
    )


def plan_date(
    day: date,
    region_ids: Collection[UUID],
    facts: Facts,
    only: Collection[UUID] | None = None,
    *,
    in_line: DatesInLine | None = None,
    time_limit_seconds: float | None = None,
    reader: str = "worker",
    max_changes: int | None = None,
    keeps_pins: bool = True,
    standby: Collection[UUID] = (),
) -> PlannedDay:
    """Plan the open departures of these regions, or those of `only`, on the latest document. Nothing is written.

    `in_line` has the document where it was read a moment ago. `reader` selects the deadline of each round of reading
    from SNAPSHOT_DEADLINE_SECONDS, `time_limit_seconds` of the solver is the settings' by default. Without `keeps_pins`
    pinned guides may be moved as well; guides of `standby` are left free. Raises SiblingUnavailable where the guides of
    a later day cannot be read.
    """
    seconds = float(settings.SNAPSHOT_DEADLINE_SECONDS[reader])
    inputs = load_inputs(day, region_ids, facts, only, deadline_seconds=seconds, in_line=in_line)
    inputs = replace(inputs if keeps_pins else without_pins(inputs), standby=frozenset(standby))
    crews = Crews(inputs.facts, inputs.context)
    inputs = add_certificates(inputs, guides_to_certify(inputs, crews), deadline_seconds=seconds)
    plan = assign_guides(
        inputs,
        time_limit_seconds=time_limit_seconds or settings.SOLVER_TIME_LIMIT_SECONDS,
        max_changes=max_changes,
        crews=crews,
    )
    chosen = {guide for team in plan.solved.teams for guide in team.guide_ids}
    return form_teams(plan, add_notes(inputs.facts, chosen, deadline_seconds=seconds))


def _plan_and_store(
    optimized: DayOptimization, facts: Facts, author: Author, in_line: DatesInLine | None, *, dry_run: bool
) -> None:
    outdated: frozenset[UUID] | None = None
    for _ in range(TRIES):
        day, regions = optimized.day, optimized.region_ids
        plan = plan_date(day, regions, facts, outdated, in_line=in_line, max_changes=optimized.changes_left)
        refuse_broken_plan(plan, may_unstaff=optimized.may_unstaff)
        optimized.add_plan(plan)
        if dry_run:
            complete_dry_run(optimized)
            return
        outdated = store_plan(optimized, plan, author)
        if not outdated:
            return
        in_line, facts = None, gather_facts(facts.snapshot, led=facts.led, region_ids=optimized.region_ids)
        logger.info("departures_planned_again", day=str(optimized.day), departures=len(outdated))
        schedule_write_retries.inc()
    schedule_writes_exhausted.inc()
    message = f"Others kept changing departures of {optimized.day} while they were planned."
    raise ContentionNotResolved(message, guide_names_of(optimized.planned[key] for key in outdated or ()))
