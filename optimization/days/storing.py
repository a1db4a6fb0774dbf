"""Storing the plan of a date and some regions: merged into the latest document, and recorded in its run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone

from conflicts.monitoring.services import detect_in_unchanged
from novatrek_scheduling.pgpool.rows import Changed, store_rows
from optimization.days.planned_day import PlannedDay
from optimization.days.score import day_score
from optimization.days.written_changes import refuse_broken_write
from optimization.models import OptimizationRun
from optimization.runs.analytics import report_of
from optimization.runs.coalescing import PlanningScope
from optimization.runs.lifecycle import SolveSummary, ended, inputs_of
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.parts_of_dates import part_to_write
from scheduling.daily_schedules.surroundings import entries_over
from scheduling.daily_schedules.touched_guides import Foreseen
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.errors import ContentionNotResolved, DepartureElsewhere, HardRuleViolated


@dataclass(slots=True)
class DayOptimization:
    """The outcome of optimizing a date: its run, the planned departures by id, and its score (0 to 100).

    `plans` has the plan of the whole scope first, then those of departures that were replanned. `score_before` is that
    of the run before, which a dry run does not compare with.
    """

    run: OptimizationRun
    scope: PlanningScope
    score_before: float | None
    base: dict[UUID, Departure] = field(default_factory=dict)
    planned: dict[UUID, Departure] = field(default_factory=dict)
    plans: list[PlannedDay] = field(default_factory=list)
    is_joined: bool = False
    may_unstaff: bool = False

    @property
    def day(self) -> date:
        return self.scope.day

    @property
    def region_ids(self) -> frozenset[UUID]:
        return self.scope.region_ids

    @property
    def score(self) -> float:
        return day_score(self.base, self.planned)

    @property
    def changes_left(self) -> int | None:
        """The number of guides that may still be reassigned, None for no limit; earlier plans count against it."""
        if self.scope.max_changes is None:
            return None
        return max(0, self.scope.max_changes - sum(len(plan.solved.moved) for plan in self.plans))

    @property
    def unstaffed(self) -> int:
        return len([departure for departure in self.planned.values() if not departure.team])

    def add_plan(self, plan: PlannedDay) -> None:
        """Add a plan, which supersedes those before it for its departures."""
        self.plans.append(plan)
        self.base = {**plan.base, **self.base}
        self.planned |= {**plan.planned, **plan.held}


def guide_names_of(departures: Iterable[Departure]) -> list[str]:
    """Return the names of the departures' guides, each once, in their order."""
    return sorted({member.guide_name for departure in departures for member in departure.team})


def store_plan(optimized: DayOptimization, plan: PlannedDay, author: Author) -> frozenset[UUID]:
    """Write the plan where it is still valid; return the departures that have to be replanned."""
    refused: frozenset[UUID] = frozenset()
    while True:
        try:
            return refused | _write(optimized, plan, refused, author)
        except HardRuleViolated as violated:
            violating = frozenset(violation.departure_id for violation in violated.violations)
            if violating <= refused:
                raise
            refused |= violating
        except DepartureElsewhere as elsewhere:
            refused |= elsewhere.dates.keys()


def _write(optimized: DayOptimization, plan: PlannedDay, refused: frozenset[UUID], author: Author) -> frozenset[UUID]:
    outdated: list[UUID] = []
    began_at, snapshot = timezone.now(), plan.facts.snapshot
    part = part_to_write(snapshot, optimized.region_ids, plan.planned.keys() | plan.held.keys())
    document = ScheduleDocument()

    def edit(drafts: Mapping[date, Draft]) -> None:
        nonlocal document
        document = drafts[optimized.day].document
        entered = entries_over(document, optimized.day, plan.planned.values())
        outdated[:] = plan.apply(document, timezone.now(), excluding=refused, entered=entered)

    def after_write(changes: Mapping[date, Change]) -> None:
        refuse_broken_write(changes, plan.facts, began_at, may_unstaff=optimized.may_unstaff)
        if not outdated and not refused:
            detect_in_unchanged(changes, optimized.day, plan.facts, optimized.region_ids, document=document)
            _complete(optimized)

    try:
        write_daily_schedules(
            [optimized.day],
            edit,
            author=author,
            facts=plan.facts,
            after_write=after_write,
            departures=part.departures,
            candidates=part.candidates,
            foreseen=Foreseen.of(plan.base, plan.planned),
        )
    except ContentionNotResolved as contention:
        raise ContentionNotResolved(contention.message, guide_names_of(plan.planned.values())) from contention
    return frozenset(outdated)


def complete_dry_run(optimized: DayOptimization) -> None:
    """Complete a run whose plan is not stored."""
    store_rows(changed=_ended(optimized))


def _ended(optimized: DayOptimization) -> list[Changed]:
    plan, unstaffed = optimized.plans[0], optimized.unstaffed
    solved = SolveSummary.of_day(plan.solved, staffed=len(optimized.planned) - unstaffed, unstaffed=unstaffed)
    return ended(optimized.run, solved, score=optimized.score, inputs=inputs_of(plan.problem, plan.facts.snapshot))


def _complete(optimized: DayOptimization) -> None:
    """Complete the run and report it, in the transaction that stores its plan."""
    changed = _ended(optimized)
    report = report_of(
        optimized.run,
        region_ids=optimized.region_ids,
        score_before=optimized.score_before,
        unassigned=optimized.unstaffed,
    )
    store_rows(new=[report], changed=changed)
