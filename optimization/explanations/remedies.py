"""Remedies: single changes that would suffice to staff a departure without a team.

Each rule about guides or trails is lifted on its own, for the guides whom no other rule excludes, and the component of
the day is solved again. A change suffices if no other departure loses its team.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from optimization.candidates.assessment import assess
from optimization.candidates.conditions import condition_of, excluded_by_one_rule
from optimization.candidates.formulation import solver_departure, solver_pairs
from optimization.candidates.scoring import pairing_score
from optimization.days.planned_day import PlannedDay
from optimization.explanations.alternatives import component_problem
from optimization.explanations.deadline import Clock
from optimization.explanations.explanation import Remedy
from optimization.explanations.relaxations import relaxation_remedies
from optimization.solver import solve_day
from optimization.solver.elastic_model import RelaxationKind
from optimization.solver.problem import PERFECT_SCORE, DayProblem, EligiblePair
from optimization.solver.solution import DayPlan
from scheduling.domain.document import Departure
from scheduling.domain.text import counted
from scheduling.rules import Demand, Exclusion, Rule, capacity_of
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import closed_because, fits_trip, unusable_because

# No remedy makes a guide of another region or activity suitable, nor one whom a request excludes.
_NOT_LIFTED = {Rule.REGION, Rule.ACTIVITY, Rule.EXCLUDED}
_MAX_TRAILS = 5


def find_remedies(planned: PlannedDay, departure_id: UUID, clock: Clock) -> Iterator[Remedy]:
    """Yield the changes that would each suffice, as far as the clock allows."""
    if any(departure.id == departure_id for departure in planned.problem.departures):
        yield from relaxation_remedies(planned, departure_id, clock)
        yield from _by_lifting_a_rule(planned, departure_id, clock)
    else:
        yield from _by_a_trail(planned, departure_id, clock)


def _by_lifting_a_rule(planned: PlannedDay, departure_id: UUID, clock: Clock) -> Iterator[Remedy]:
    """Yield for each rule the fewest guides excluded by it alone who would complete a team."""
    for rule, guides in _excluded_by_one_rule(planned, departure_id).items():
        left = clock.left()
        needed = _needed_of(planned, departure_id, guides, left) if left else ()
        if needed:
            known_guides = planned.facts.snapshot.guides
            conditions = [condition_of(known_guides[guide].name, guides[guide][0]) for guide in needed]
            yield Remedy(rule.value, f"if {' and '.join(conditions)}", needed)


def _by_a_trail(planned: PlannedDay, departure_id: UUID, clock: Clock) -> Iterator[Remedy]:
    """Yield the trails of which each would suffice if it were usable, and the fewer guests that would suffice."""
    departure, facts = planned.planned[departure_id], planned.facts
    trip = facts.snapshot.trips.get(departure.trip_id)
    if trip is None:
        return
    fitting = [trail for trail in facts.snapshot.trails_of(trip.region_id) if fits_trip(trail, trip)]
    days, span = days_of(departure), departure.span
    for trail in fitting[:_MAX_TRAILS]:
        if _can_be_staffed(planned, departure_id, departure.model_copy(update={"trail_id": trail.id}), clock):
            why = unusable_because(trail, trip, days, span, departure.participants, facts.hazards)
            yield Remedy(Rule.TRAIL_CLOSED.value, f"if it were not that {why or f'{trail.name} cannot be used'}")
    too_small = [trail for trail in fitting if not closed_because(trail, days, span, facts.hazards)]
    largest = max(too_small, key=lambda trail: (trail.max_group_size or 0, trail.id), default=None)
    if largest is None or not largest.max_group_size:
        return
    smaller = departure.model_copy(update={"trail_id": largest.id, "participants": largest.max_group_size})
    if _can_be_staffed(planned, departure_id, smaller, clock):
        fewer = counted(departure.participants - largest.max_group_size, "guest")
        yield Remedy(RelaxationKind.FEWER_GUESTS.value, f"with {fewer} fewer, on {largest.name}")


def _can_be_staffed(planned: PlannedDay, departure_id: UUID, changed: Departure, clock: Clock) -> bool:
    """Return whether the changed departure would have a team while every other one keeps its own."""
    left, facts = clock.left(), planned.facts
    if not left:
        return False
    demand = Demand.of(departure_id, changed, planned.day, facts.snapshot)
    pairs = solver_pairs(assess(demand, facts, planned.context), changed, float("inf"), facts.recent_hours)
    added = solver_departure(departure_id, changed, guests=changed.participants)
    problem = replace(planned.problem, departures=(*planned.problem.departures, added))
    return bool(_team_without_loss(problem, planned.solved, departure_id, pairs, left))


def _excluded_by_one_rule(planned: PlannedDay, departure_id: UUID) -> dict[Rule, dict[UUID, list[Exclusion]]]:
    assessment, facts, context = planned.assessments[departure_id], planned.facts, planned.context
    by_rule: defaultdict[Rule, dict[UUID, list[Exclusion]]] = defaultdict(dict)
    for rule, guide, exclusions in excluded_by_one_rule(assessment, facts, context, not_lifted=_NOT_LIFTED):
        by_rule[rule][guide.id] = exclusions
    return dict(sorted(by_rule.items()))


def _needed_of(
    planned: PlannedDay, departure_id: UUID, guides: Mapping[UUID, list[Exclusion]], seconds: float
) -> tuple[UUID, ...]:
    """Return those of the guides whom the team would have; none if they do not suffice."""
    added = [_as_if_allowed(planned, departure_id, guide_id) for guide_id in guides]
    team = _team_without_loss(planned.problem, planned.solved, departure_id, added, seconds)
    return tuple(guide_id for guide_id in team if guide_id in guides)


def _as_if_allowed(planned: PlannedDay, departure_id: UUID, guide_id: UUID) -> EligiblePair:
    """Return a pair at half its score, so that eligible guides are preferred to it."""
    guide, demand = planned.facts.snapshot.guides[guide_id], planned.assessments[departure_id].demand
    adjustments = planned.context.entered.of(guide_id, demand.days)
    score = pairing_score(guide, demand, planned.facts, adjustments)
    return EligiblePair(
        departure_id, guide_id, capacity_of(guide, adjustments, demand.day), round(PERFECT_SCORE * score / 2)
    )


def _team_without_loss(
    problem: DayProblem, plan: DayPlan, departure_id: UUID, added: Iterable[EligiblePair], seconds: float
) -> tuple[UUID, ...]:
    """Return the departure's team with the added pairs, empty if another staffed departure would lose its team."""
    component = component_problem(replace(problem, pairs=(*problem.pairs, *added)), departure_id)
    solved = solve_day(component, time_limit_seconds=seconds)
    staffed = {team.departure_id for team in plan.teams}
    lost = staffed.intersection(solved.unstaffed)
    return () if lost else solved.team_of(departure_id)
