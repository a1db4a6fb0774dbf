"""Optimizing a date and some regions: read, solve without a transaction, write, all told in a run."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from conflicts.services import detect_on
from optimization.candidates import Roster, who_needs_certificates
from optimization.catalog_merge import merge_catalog
from optimization.day_plan import PlannedDay, guides_adjusted, open_departures, plan_departures
from optimization.models import OptimizationRun, RunDetail
from optimization.reporting import report_optimization, score_before
from optimization.runs import Solved, complete_run, fail_run, inputs_of, start_run
from optimization.scores import day_score
from scheduling.aliases import known_departure_ids
from scheduling.authors import Author
from scheduling.commitments import commitments_around
from scheduling.detectors import Change
from scheduling.document import Departure, ScheduleDocument
from scheduling.errors import ContentionNotResolved, HardRuleViolated
from scheduling.facts import Snapshot, Span
from scheduling.gathering import gather_facts
from scheduling.legality import adjustments_over, departures_elsewhere
from scheduling.lock_cache import optimizing
from scheduling.metrics import schedule_write_retries, schedule_writes_exhausted
from scheduling.rules import Demand, Facts
from scheduling.rules.facts import days_of
from scheduling.snapshot.later_days import with_availability_on
from scheduling.snapshot.people import with_availability_notes, with_certificates
from scheduling.snapshot.taking import take_day_snapshot
from scheduling.writing import Draft, read_drafts, write_daily_schedules

logger = structlog.get_logger(__name__)

TRIES = 3


@dataclass(slots=True)
class Optimized:
    """What came of an optimization: its run, its plan by departure, and its score (0 to 100)."""

    run: OptimizationRun
    day: date
    region_ids: frozenset[UUID]
    score_before: float | None
    base: dict[UUID, Departure] = field(default_factory=dict)
    planned: dict[UUID, Departure] = field(default_factory=dict)
    parts: list[PlannedDay] = field(default_factory=list)

    @property
    def score(self) -> float:
        return day_score(self.base, self.planned)

    @property
    def first(self) -> PlannedDay:
        """The plan of everything; the parts after it are of what had to be planned again."""
        return self.parts[0]

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
) -> Optimized:
    """Staff every open departure of these regions on `day` and store it; those of other regions stay as they are.

    Departures that somebody changed while the solver worked, and those of guides who entered something
    meanwhile, are planned again, only those, at most three times in all. Raises SiblingUnavailable when the
    catalog or the guides do not answer, and ContentionNotResolved with the guides concerned; either way the
    run is FAILED and what could not be stored stays as it was.
    """
    before = score_before(day, region_ids)
    run = start_run(day, subject=RunDetail.Subject.DAY, region_ids=region_ids)
    optimized = Optimized(run, day, frozenset(region_ids), before)
    at_work = nullcontext() if dry_run else optimizing(day, region_ids, by=str(author), run_id=run.pk)
    try:
        with at_work:
            facts = gather_facts(snapshot or take_planning_snapshot(day, region_ids))
            _plan_and_store(optimized, facts, replace(author, run_id=run.pk), dry_run=dry_run)
    except Exception as error:
        fail_run(run, f"{type(error).__name__}: {error}")
        raise
    return optimized


def take_planning_snapshot(day: date, region_ids: Collection[UUID] | None) -> Snapshot:
    """The snapshot a date is planned on, within the workers' deadline: also of what only our document knows."""
    planned = read_drafts([day])[day].document.departures.values()
    return take_day_snapshot(
        day,
        region_ids=region_ids,
        trip_ids={departure.trip_id for departure in planned},
        trail_ids={departure.trail_id for departure in planned if departure.trail_id},
        deadline_seconds=_deadline(),
    )


def _deadline() -> float:
    return float(settings.SNAPSHOT_DEADLINE_SECONDS["worker"])


def _plan_and_store(optimized: Optimized, facts: Facts, author: Author, *, dry_run: bool) -> None:
    again: frozenset[UUID] | None = None
    for _ in range(TRIES):
        part = _plan(optimized.day, optimized.region_ids, facts, again)
        optimized.take(part)
        if dry_run:
            _complete(optimized)
            return
        again = _store(optimized, part, author)
        if not again:
            return
        logger.info("departures_planned_again", day=str(optimized.day), departures=len(again))
        schedule_write_retries.inc()
    schedule_writes_exhausted.inc()
    message = f"Others kept changing departures of {optimized.day} while they were planned."
    raise ContentionNotResolved(message, _guide_names(optimized.planned[key] for key in again or ()))


def _guide_names(departures: Iterable[Departure]) -> list[str]:
    return sorted({member.guide_name for departure in departures for member in departure.team})


def _plan(day: date, region_ids: Collection[UUID], facts: Facts, only: Collection[UUID] | None) -> PlannedDay:
    draft = read_drafts([day])[day]
    base, document = draft.document.copy_for_editing(), draft.document
    known_as = known_departure_ids(day, facts.snapshot, document)
    merge_catalog(document, day, facts.snapshot, region_ids=region_ids, known_as=known_as)
    departures = open_departures(document, region_ids, timezone.now(), only)
    roster = _roster(document, day, departures)
    facts = _with_what_planning_needs(departures, day, facts, roster)
    return plan_departures(
        departures,
        document.departures,
        day,
        facts,
        roster,
        base={key: base.departures[key] for key in departures if key in base.departures},
        time_limit_seconds=settings.SOLVER_TIME_LIMIT_SECONDS,
        with_notes_of=_with_notes_of,
    )


def _roster(document: ScheduleDocument, day: date, departures: Mapping[UUID, Departure]) -> Roster:
    if not departures:
        return Roster({}, {})
    span = Span(
        min(departure.starts_at for departure in departures.values()),
        max(departure.ends_at for departure in departures.values()),
    )
    adjustments = adjustments_over(document, day, list(departures.values()))
    return Roster(adjustments, commitments_around(span), frozenset(departures), departures_elsewhere(span, [day]))


def _with_what_planning_needs(departures: Mapping[UUID, Departure], day: date, facts: Facts, roster: Roster) -> Facts:
    """The later days of long trips, and the certificates of guides who pass everything else."""
    later = {other for departure in departures.values() for other in days_of(departure)}
    facts = facts.on(with_availability_on(facts.snapshot, later, deadline_seconds=_deadline()))
    demands = [Demand.of(key, departure, day, facts.snapshot) for key, departure in departures.items()]
    asked = who_needs_certificates(demands, facts, roster)
    return facts.on(with_certificates(facts.snapshot, asked, deadline_seconds=_deadline()))


def _with_notes_of(facts: Facts, guide_ids: Collection[UUID]) -> Facts:
    return facts.on(with_availability_notes(facts.snapshot, guide_ids, deadline_seconds=_deadline()))


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

    def edit(drafts: Mapping[date, Draft]) -> None:
        document = drafts[optimized.day].document
        entered = adjustments_over(document, optimized.day, [*part.planned.values(), *part.held.values()])
        adjusted = guides_adjusted(part.entered, entered)
        changed[:] = part.apply(document, timezone.now(), leaving_out=refused, adjusted=adjusted)

    def also(_: Mapping[date, Change]) -> None:
        if not changed and not refused:
            # What stays as it was is judged too: the world may have changed around it.
            detect_on([optimized.day], part.facts, region_ids=optimized.region_ids)
            _complete(optimized)
            _report(optimized)

    try:
        write_daily_schedules([optimized.day], edit, author=author, facts=part.facts, also=also)
    except ContentionNotResolved as contention:
        raise ContentionNotResolved(contention.message, _guide_names(part.planned.values())) from contention
    return frozenset(changed)


def _complete(optimized: Optimized) -> None:
    first, unstaffed = optimized.first, optimized.unstaffed
    solved = Solved.of_day(first.solved, staffed=len(optimized.planned) - unstaffed, unstaffed=unstaffed)
    inputs = inputs_of(first.problem, first.facts.snapshot)
    complete_run(optimized.run, solved, score=optimized.score, inputs=inputs)


def _report(optimized: Optimized) -> None:
    report_optimization(
        optimized.run,
        region_ids=optimized.region_ids,
        score_before=optimized.score_before,
        unassigned=optimized.unstaffed,
    )
