"""The plan of a day's departures: made outside any transaction, put onto the latest document inside one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from optimization.candidates.assessment import Assessment, PlanningContext, assess, who_needs_certificates
from optimization.candidates.formulation import fair_share, solver_departure, solver_locations, solver_pairs
from optimization.candidates.teams import form_team
from optimization.candidates.unassigned_reasons import why_unstaffed
from optimization.days.planned_day import NOBODY_AROUND, PlannedDay
from optimization.days.trail_choice import choose_trails
from optimization.solver.day import solve_day
from optimization.solver.problem import DayProblem, EligiblePair
from scheduling.daily_schedules.catalog_aliases import known_departure_ids
from scheduling.daily_schedules.catalog_sync import merge_catalog
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.surroundings import departures_elsewhere, entered_over
from scheduling.daily_schedules.writer import read_drafts
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.rules import Demand, Facts
from scheduling.rules.inputs import days_of
from scheduling.snapshot.guides import with_availability_notes, with_availability_on, with_certificates


def open_departures(
    document: ScheduleDocument, region_ids: Collection[UUID], now: datetime, only: Collection[UUID] | None = None
) -> dict[UUID, Departure]:
    """What may still be planned: in these regions, neither cancelled nor started."""
    return {
        key: departure
        for key, departure in sorted(document.departures_in(region_ids).items())
        if departure.may_be_replanned(now) and (only is None or key in only)
    }


def plan_departures(
    departures: Mapping[UUID, Departure],
    everything: Mapping[UUID, Departure],
    day: date,
    facts: Facts,
    context: PlanningContext,
    *,
    base: Mapping[UUID, Departure],
    time_limit_seconds: float,
    with_notes_of: Callable[[Facts, Collection[UUID]], Facts],
    max_changes: int | None = None,
) -> PlannedDay:
    """Staff `departures`; `everything` of the date stands around them. Nothing is written.

    `with_notes_of` adds the notes of the guides chosen to the facts: only a person can judge those. Where
    pinned guides cannot stay, the departure is held as it is and the others are planned around it.
    """
    held: dict[UUID, Departure] = {}
    while True:
        free = {key: departure.model_copy(deep=True) for key, departure in departures.items() if key not in held}
        around = replace(context, planned=frozenset(free))
        plan = _plan(free, everything, day, facts, around, time_limit_seconds, max_changes)
        stuck = {key: departures[key] for key in free if departures[key].is_pinned and not plan.solved.team_of(key)}
        if not stuck:
            break
        held |= stuck
    facts = with_notes_of(facts, {guide for team in plan.solved.teams for guide in team.guide_ids})
    for key, departure in free.items():
        departure.team = form_team(plan.solved.team_of(key), departure, plan.assessments[key], facts, context)
    bases = {key: base[key] for key in free if key in base}
    plan = replace(plan, facts=facts, base=bases, held=held, context=around)
    return replace(plan, beside={key: departure for key, departure in everything.items() if key not in free})


def _plan(
    departures: Mapping[UUID, Departure],
    everything: Mapping[UUID, Departure],
    day: date,
    facts: Facts,
    context: PlanningContext,
    time_limit_seconds: float,
    max_changes: int | None,
) -> PlannedDay:
    """The solver's plan, with trails and reasons in place and the teams still as they were."""
    without_trail = choose_trails(departures, day, facts)
    assessments = {
        key: assess(Demand.of(key, departure, day, facts.snapshot), facts, context)
        for key, departure in departures.items()
    }
    staffable = {key: departure for key, departure in departures.items() if key not in without_trail}
    problem = replace(_problem(staffable, everything, context, facts, assessments), max_changes=max_changes)
    solved = solve_day(problem, time_limit_seconds=time_limit_seconds)
    unstaffed = without_trail | why_unstaffed(problem, solved, assessments)
    for key, departure in departures.items():
        departure.unassigned_reason = unstaffed.get(key)
    return PlannedDay(day, facts, problem, solved, {}, departures, assessments)


def _problem(
    staffable: Mapping[UUID, Departure],
    everything: Mapping[UUID, Departure],
    context: PlanningContext,
    facts: Facts,
    assessments: Mapping[UUID, Assessment],
) -> DayProblem:
    fair = fair_share([assessments[key] for key in staffable], facts.recent_hours)
    pairs: list[EligiblePair] = []
    for key, departure in staffable.items():
        pairs += solver_pairs(assessments[key], departure, fair, facts.recent_hours)
    return DayProblem(
        departures=tuple(
            solver_departure(key, departure, guests=departure.participants) for key, departure in staffable.items()
        ),
        pairs=tuple(pairs),
        locations=solver_locations(facts.snapshot, everything, context.planned, context.neighbours),
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
    """Staff the open departures of these regions, those of `only` if it is given, around everything else.

    `reader` names the deadline for what is read of siblings beside `facts`. The time limit is the settings'
    by default. Raises SiblingUnavailable where the guides of a later day do not answer.
    """
    deadline_seconds = float(settings.SNAPSHOT_DEADLINE_SECONDS[reader])
    draft = read_drafts([day])[day]
    base, document = draft.document.copy_for_editing(), draft.document
    known_as = known_departure_ids(day, facts.snapshot, document)
    now = timezone.now()
    merge_catalog(document, day, facts.snapshot, region_ids=region_ids, known_as=known_as, now=now)
    departures = open_departures(document, region_ids, now, only)
    context = _roster(document, day, departures)
    return plan_departures(
        departures,
        document.departures,
        day,
        _with_what_planning_needs(departures, day, facts, context, deadline_seconds),
        context,
        base={key: base.departures[key] for key in departures if key in base.departures},
        time_limit_seconds=time_limit_seconds or settings.SOLVER_TIME_LIMIT_SECONDS,
        with_notes_of=lambda known, guides: _with_notes_of(known, guides, deadline_seconds),
        max_changes=max_changes,
    )


def _roster(document: ScheduleDocument, day: date, departures: Mapping[UUID, Departure]) -> PlanningContext:
    if not departures:
        return NOBODY_AROUND
    span = Span(
        min(departure.starts_at for departure in departures.values()),
        max(departure.ends_at for departure in departures.values()),
    )
    entered = entered_over(document, day, departures.values())
    return PlanningContext(entered, commitments_around(span), frozenset(departures), departures_elsewhere(span, [day]))


def _with_what_planning_needs(
    departures: Mapping[UUID, Departure], day: date, facts: Facts, context: PlanningContext, deadline_seconds: float
) -> Facts:
    """The later days of long trips, and the certificates of guides who pass everything else."""
    later = {other for departure in departures.values() for other in days_of(departure)}
    facts = facts.on(with_availability_on(facts.snapshot, later, deadline_seconds=deadline_seconds))
    demands = [Demand.of(key, departure, day, facts.snapshot) for key, departure in departures.items()]
    asked = who_needs_certificates(demands, facts, context)
    return facts.on(with_certificates(facts.snapshot, asked, deadline_seconds=deadline_seconds))


def _with_notes_of(facts: Facts, guide_ids: Collection[UUID], deadline_seconds: float) -> Facts:
    return facts.on(with_availability_notes(facts.snapshot, guide_ids, deadline_seconds=deadline_seconds))
