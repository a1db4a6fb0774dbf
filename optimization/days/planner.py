"""The plan of a day's departures: made outside any transaction, put onto the latest document inside one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from optimization.candidates.assessment import Assessment, Roster, assess
from optimization.candidates.formulation import fair_share, solver_departure, solver_locations, solver_pairs
from optimization.candidates.teams import form_team
from optimization.candidates.unassigned_reasons import why_unstaffed
from optimization.solver.day import solve_day
from optimization.solver.problem import DayPlan, DayProblem, Pair
from scheduling.daily_schedules.catalog_sync import take_over_fewer
from scheduling.domain.document import Departure, ScheduleDocument, UnassignedReason
from scheduling.domain.facts import Sibling, Trip
from scheduling.rules import Demand, Entered, Facts, closed_because
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import best_trail, needs_trail, unusable_because

NOBODY_AROUND = Roster(Entered(), {})


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What an optimization decided for some departures of a date.

    `base` holds the departures as they were read, `planned` as they should be, by id. `held` stay as they
    are: their pinned guides cannot lead them, and only a person lifts a pin. `roster` is what stood around
    them, what guides had entered included, `beside` the other departures of the date.
    """

    day: date
    facts: Facts
    problem: DayProblem
    solved: DayPlan
    base: Mapping[UUID, Departure]
    planned: Mapping[UUID, Departure]
    assessments: Mapping[UUID, Assessment]
    held: Mapping[UUID, Departure] = field(default_factory=dict)
    roster: Roster = NOBODY_AROUND
    beside: Mapping[UUID, Departure] = field(default_factory=dict)

    def apply(
        self,
        document: ScheduleDocument,
        now: datetime,
        *,
        leaving_out: Collection[UUID] = (),
        entered: Entered | None = None,
    ) -> list[UUID]:
        """Put the plan onto the latest document; returns the departures that somebody changed meanwhile.

        Those of which a guide has `entered` something else by now are among them: it was not planned on.
        """
        changed_meanwhile = []
        for key, planned in self.planned.items():
            current = document.departures.get(key)
            if key in leaving_out or not _may_change(current, now):
                continue
            if self._is_outdated(key, current) or (entered and is_adjusted(planned, self.roster.entered, entered)):
                changed_meanwhile.append(key)
            elif current is None:
                document.departures[key] = planned.model_copy(deep=True)
            else:
                _put(planned, current)
        for key, held in self.held.items():
            current = document.departures.get(key)
            if current is not None and _may_change(current, now):
                take_over_fewer(current, held.catalog_participants)
        return changed_meanwhile

    def _is_outdated(self, key: UUID, current: Departure | None) -> bool:
        return current is not None and _decided_on(current) != _decided_on(self.base.get(key))


def _may_change(current: Departure | None, now: datetime) -> bool:
    return current is None or (current.is_open_to_planning and not current.has_started(now))


def is_adjusted(departure: Departure, before: Entered, after: Entered) -> bool:
    """Whether a guide of its team has entered something else on its dates since."""
    days = days_of(departure)
    return any(before.of(guide_id, days) != after.of(guide_id, days) for guide_id in departure.guide_ids)


def _decided_on(departure: Departure | None) -> object:
    """What a plan was made on: another value now, and it has to be made anew."""
    if departure is None:
        return None
    names = ("team", "trail_id", "status", "starts_at", "ends_at", "capacity", "location_id")
    return [getattr(departure, name) for name in names]


def _put(planned: Departure, current: Departure) -> None:
    current.team = [member.model_copy(deep=True) for member in planned.team]
    current.trail_id = planned.trail_id
    current.unassigned_reason = planned.unassigned_reason
    current.catalog_participants = planned.catalog_participants
    current.count_participants()


def open_departures(
    document: ScheduleDocument, region_ids: Collection[UUID], now: datetime, only: Collection[UUID] | None = None
) -> dict[UUID, Departure]:
    """What may still be planned: in these regions, neither cancelled nor started."""
    return {
        key: departure
        for key, departure in sorted(document.departures_in(region_ids).items())
        if departure.is_open_to_planning and not departure.has_started(now) and (only is None or key in only)
    }


def choose_trails(departures: Mapping[UUID, Departure], day: date, facts: Facts) -> dict[UUID, UnassignedReason]:
    """Give each departure an open trail that fits, keeping the one it has; those for whom there is none, with why.

    What is known of a trail counts although others are not known.
    """
    without: dict[UUID, UnassignedReason] = {}
    for key, departure in departures.items():
        trip = facts.snapshot.trips.get(departure.trip_id)
        demand = Demand.of(key, departure, day, facts.snapshot)
        if trip is None or _may_stay(demand, facts) or not (demand.trail or _is_lacking(trip, facts)):
            continue
        trail = best_trail(trip, demand.days, demand.span, departure.participants, facts)
        departure.trail_id = trail.id if trail else None
        if trail is None and needs_trail(trip, facts.snapshot):
            without[key] = UnassignedReason(code="NO_TRAIL", message=_why_no_trail(trip, demand, facts))
    return without


def _is_lacking(trip: Trip, facts: Facts) -> bool:
    """Whether a departure of the trip without a trail needs one, and the trails are known."""
    return facts.snapshot.knows(Sibling.TRAIL_MANAGEMENT) and needs_trail(trip, facts.snapshot)


def _may_stay(demand: Demand, facts: Facts) -> bool:
    trail = demand.trail
    if trail is None or closed_because(trail, demand.days, demand.span, facts.hazards):
        return False
    return trail.max_group_size is None or demand.participants <= trail.max_group_size


def _why_no_trail(trip: Trip, demand: Demand, facts: Facts) -> str:
    """What is wrong with each trail of the activity, so that a dispatcher sees what would have to change."""
    found = [
        why
        for trail in facts.snapshot.trails_of(trip.region_id)
        if demand.activity in trail.activities
        and (why := unusable_because(trail, trip, demand.days, demand.span, demand.participants, facts.hazards))
    ]
    return f"no trail fits: {'; '.join(found)}"


def plan_departures(
    departures: Mapping[UUID, Departure],
    everything: Mapping[UUID, Departure],
    day: date,
    facts: Facts,
    roster: Roster,
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
        around = replace(roster, planned=frozenset(free))
        plan = _plan(free, everything, day, facts, around, time_limit_seconds, max_changes)
        stuck = {key: departures[key] for key in free if departures[key].is_pinned and not plan.solved.team_of(key)}
        if not stuck:
            break
        held |= stuck
    facts = with_notes_of(facts, {guide for team in plan.solved.teams for guide in team.guide_ids})
    for key, departure in free.items():
        departure.team = form_team(plan.solved.team_of(key), departure, plan.assessments[key], facts, roster)
    bases = {key: base[key] for key in free if key in base}
    plan = replace(plan, facts=facts, base=bases, held=held, roster=around)
    return replace(plan, beside={key: departure for key, departure in everything.items() if key not in free})


def _plan(
    departures: Mapping[UUID, Departure],
    everything: Mapping[UUID, Departure],
    day: date,
    facts: Facts,
    roster: Roster,
    time_limit_seconds: float,
    max_changes: int | None,
) -> PlannedDay:
    """The solver's plan, with trails and reasons in place and the teams still as they were."""
    without_trail = choose_trails(departures, day, facts)
    assessments = {
        key: assess(Demand.of(key, departure, day, facts.snapshot), facts, roster)
        for key, departure in departures.items()
    }
    staffable = {key: departure for key, departure in departures.items() if key not in without_trail}
    problem = replace(_problem(staffable, everything, roster, facts, assessments), max_changes=max_changes)
    solved = solve_day(problem, time_limit_seconds=time_limit_seconds)
    unstaffed = without_trail | why_unstaffed(problem, solved, assessments)
    for key, departure in departures.items():
        departure.unassigned_reason = unstaffed.get(key)
    return PlannedDay(day, facts, problem, solved, {}, departures, assessments)


def _problem(
    staffable: Mapping[UUID, Departure],
    everything: Mapping[UUID, Departure],
    roster: Roster,
    facts: Facts,
    assessments: Mapping[UUID, Assessment],
) -> DayProblem:
    fair = fair_share([assessments[key] for key in staffable], facts.recent_hours)
    pairs: list[Pair] = []
    for key, departure in staffable.items():
        pairs += solver_pairs(assessments[key], departure, fair, facts.recent_hours)
    return DayProblem(
        departures=tuple(
            solver_departure(key, departure, guests=departure.participants) for key, departure in staffable.items()
        ),
        pairs=tuple(pairs),
        locations=solver_locations(facts.snapshot, everything, roster.planned, roster.neighbours),
    )
