"""Optimizing a date and some regions: read, solve without a transaction, write, all told in a run."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.utils import timezone

from conflicts.monitoring.services import detect_on
from optimization.days.dead_letters import record_failed_optimization
from optimization.days.inputs import add_certificates, add_notes, load_inputs, open_departures
from optimization.days.planned_day import PlannedDay
from optimization.days.planner import assign_guides, form_teams, guides_to_certify
from optimization.days.refusal import PlanRefused
from optimization.days.score import day_score
from optimization.days.verification import refuse_broken_plan
from optimization.days.written_changes import refuse_broken_write
from optimization.models import OptimizationRun, RunDetail
from optimization.runs.analytics import report_optimization
from optimization.runs.coalescing import PlanningScope, run_or_join
from optimization.runs.lifecycle import SolveSummary, complete_run, fail_run, inputs_of, start_run
from optimization.runs.selectors import latest_score
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.surroundings import entered_over
from scheduling.daily_schedules.writer import TRIES, Draft, read_drafts, write_daily_schedules
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot
from scheduling.errors import ContentionNotResolved, HardRuleViolated
from scheduling.metrics import schedule_write_retries, schedule_writes_exhausted
from scheduling.rules import Facts
from scheduling.snapshot.builder import take_day_snapshot

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Optimized:
    """What came of an optimization: its run, its plan by departure, and its score (0 to 100)."""

    run: OptimizationRun
    work: PlanningScope
    score_before: float | None
    base: dict[UUID, Departure] = field(default_factory=dict)
    planned: dict[UUID, Departure] = field(default_factory=dict)
    parts: list[PlannedDay] = field(default_factory=list)
    is_joined: bool = False

    @property
    def day(self) -> date:
        return self.work.day

    @property
    def region_ids(self) -> frozenset[UUID]:
        return self.work.region_ids

    @property
    def score(self) -> float:
        return day_score(self.base, self.planned)

    @property
    def first(self) -> PlannedDay:
        """The plan of everything; the parts after it are of what had to be planned again."""
        return self.parts[0]

    @property
    def changes_left(self) -> int | None:
        """How many people may still be moved: what is planned again gets what the plan before left."""
        if self.work.max_changes is None:
            return None
        return max(0, self.work.max_changes - sum(len(part.solved.moved) for part in self.parts))

    @property
    def unstaffed(self) -> int:
        return len([departure for departure in self.planned.values() if not departure.team])

    def take(self, part: PlannedDay) -> None:
        self.parts.append(part)
        self.base = {**part.base, **self.base}
        self.planned |= {**part.planned, **part.held}


def optimize_day(
    day: date,
    region_ids: Collection[UUID],
    *,
    author: Author,
    dry_run: bool = False,
    snapshot: Snapshot | None = None,
    max_changes: int | None = None,
) -> Optimized:
    """Staff every open departure of these regions on `day` and store it; those of other regions stay as they are.

    With `max_changes` at most so many people are moved. Where a run is under way that does all of this
    already, it is waited for and its outcome is the answer: nothing is planned twice.

    Departures that somebody changed while the solver worked, and those of guides who entered something
    meanwhile, are planned again, only those, at most three times in all. Raises SiblingUnavailable when the
    catalog or the guides do not answer, ContentionNotResolved with the guides concerned, and PlanRefused for
    a plan that breaks a hard rule; each way the run is FAILED and what could not be stored stays as it was.
    """
    work = PlanningScope(day, frozenset(region_ids), max_changes)
    if dry_run:
        return _optimize(work, uuid4(), author, snapshot, dry_run=True)
    run_id = uuid4()
    with run_or_join(work, by=str(author), run_id=run_id) as joined:
        return _as_joined(joined, work) if joined else _optimize(work, run_id, author, snapshot, dry_run=False)


def _optimize(
    work: PlanningScope, run_id: UUID, author: Author, snapshot: Snapshot | None, *, dry_run: bool
) -> Optimized:
    run = start_run(
        work.day,
        subject=RunDetail.Subject.DAY,
        region_ids=work.region_ids,
        run_id=run_id,
        max_changes=work.max_changes,
    )
    optimized = Optimized(run, work, latest_score(work.day, work.region_ids))
    try:
        facts = gather_facts(snapshot or take_planning_snapshot(work.day, work.region_ids))
        _plan_and_store(optimized, facts, replace(author, run_id=run_id), dry_run=dry_run)
    except PlanRefused as refused:
        fail_run(run, refused.message)
        if not dry_run:
            record_failed_optimization(work.day, work.region_ids, author, refused)
        raise
    except Exception as error:
        fail_run(run, f"{type(error).__name__}: {error}")
        raise
    return optimized


def _as_joined(run: OptimizationRun, work: PlanningScope) -> Optimized:
    """What is stored once the joined run is done, as if it had been planned here."""
    departures = open_departures(read_drafts([work.day])[work.day].document, work.region_ids, timezone.now())
    return Optimized(run, work, None, base=departures, planned=departures, is_joined=True)


def take_planning_snapshot(day: date, region_ids: Collection[UUID] | None) -> Snapshot:
    """The snapshot a date is planned on, within the workers' deadline: also of what only our document knows."""
    planned = read_drafts([day])[day].document.departures.values()
    return take_day_snapshot(
        day,
        region_ids=region_ids,
        trip_ids={departure.trip_id for departure in planned},
        trail_ids={departure.trail_id for departure in planned if departure.trail_id},
        deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["worker"],
    )


def plan_date(
    day: date,
    region_ids: Collection[UUID],
    facts: Facts,
    only: Collection[UUID] | None = None,
    *,
    time_limit_seconds: float | None = None,
    reader: str = "worker",
    max_changes: int | None = None,
) -> PlannedDay:
    """Plan the open departures of these regions, or those of `only`, on the latest document. Nothing is written.

    `reader` names the deadline of each round of reading beside `facts`, `time_limit_seconds` is the settings' by
    default. Raises SiblingUnavailable where the guides of a later day do not answer.
    """
    seconds = float(settings.SNAPSHOT_DEADLINE_SECONDS[reader])
    inputs = load_inputs(day, region_ids, facts, only, deadline_seconds=seconds)
    inputs = add_certificates(inputs, guides_to_certify(inputs), deadline_seconds=seconds)
    plan = assign_guides(
        inputs,
        time_limit_seconds=time_limit_seconds or settings.SOLVER_TIME_LIMIT_SECONDS,
        max_changes=max_changes,
    )
    chosen = {guide for team in plan.solved.teams for guide in team.guide_ids}
    return form_teams(plan, add_notes(inputs.facts, chosen, deadline_seconds=seconds))


def _plan_and_store(optimized: Optimized, facts: Facts, author: Author, *, dry_run: bool) -> None:
    again: frozenset[UUID] | None = None
    for _ in range(TRIES):
        part = plan_date(optimized.day, optimized.region_ids, facts, again, max_changes=optimized.changes_left)
        refuse_broken_plan(part)
        optimized.take(part)
        if dry_run:
            _complete(optimized)
            return
        again = _store(optimized, part, author)
        if not again:
            return
        facts = gather_facts(facts.snapshot)
        logger.info("departures_planned_again", day=str(optimized.day), departures=len(again))
        schedule_write_retries.inc()
    schedule_writes_exhausted.inc()
    message = f"Others kept changing departures of {optimized.day} while they were planned."
    raise ContentionNotResolved(message, _guide_names(optimized.planned[key] for key in again or ()))


def _guide_names(departures: Iterable[Departure]) -> list[str]:
    return sorted({member.guide_name for departure in departures for member in departure.team})


def _store(optimized: Optimized, part: PlannedDay, author: Author) -> frozenset[UUID]:
    """Write what still holds; returns the departures that have to be planned again."""
    refused: frozenset[UUID] = frozenset()
    while True:
        try:
            return refused | _write(optimized, part, refused, author)
        except HardRuleViolated as violated:
            met = frozenset(violation.departure_id for violation in violated.violations)
            if met <= refused:
                raise
            refused |= met


def _write(optimized: Optimized, part: PlannedDay, refused: frozenset[UUID], author: Author) -> frozenset[UUID]:
    changed: list[UUID] = []
    began_at = timezone.now()

    def edit(drafts: Mapping[date, Draft]) -> None:
        document = drafts[optimized.day].document
        entered = entered_over(document, optimized.day, part.planned.values())
        changed[:] = part.apply(document, timezone.now(), leaving_out=refused, entered=entered)

    def also(changes: Mapping[date, Change]) -> None:
        refuse_broken_write(changes, part.facts, began_at)
        if not changed and not refused:
            # What stays as it was is judged too: the world may have changed around it.
            detect_on([optimized.day], part.facts, region_ids=optimized.region_ids)
            _complete(optimized)
            _report(optimized)

    try:
        write_daily_schedules([optimized.day], edit, author=author, facts=part.facts, after_write=also)
    except ContentionNotResolved as contention:
        raise ContentionNotResolved(contention.message, _guide_names(part.planned.values())) from contention
    return frozenset(changed)


def _complete(optimized: Optimized) -> None:
    first, unstaffed = optimized.first, optimized.unstaffed
    solved = SolveSummary.of_day(first.solved, staffed=len(optimized.planned) - unstaffed, unstaffed=unstaffed)
    inputs = inputs_of(first.problem, first.facts.snapshot)
    complete_run(optimized.run, solved, score=optimized.score, inputs=inputs)


def _report(optimized: Optimized) -> None:
    report_optimization(
        optimized.run,
        region_ids=optimized.region_ids,
        score_before=optimized.score_before,
        unassigned=optimized.unstaffed,
    )
