"""What would be enough to staff a departure that has nobody, where a rule about one guide or one trail is in the way.

Each rule is lifted on its own, for those guides whom no other rule keeps off, and the part of the day that
this touches is solved again. What counts is a plan in which nobody loses the team they have.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from optimization.candidates.assessment import assess
from optimization.candidates.formulation import solver_departure, solver_pairs
from optimization.candidates.scoring import pairing_score
from optimization.days.planned_day import PlannedDay
from optimization.explanations.alternatives import part_around
from optimization.explanations.deadline import Clock
from optimization.explanations.explanation import Remedy
from optimization.explanations.relaxations import other_numbers
from optimization.solver import solve_day
from optimization.solver.elastic_model import RelaxationKind
from optimization.solver.problem import PERFECT_SCORE, DayProblem, EligiblePair
from optimization.solver.solution import DayPlan
from scheduling.domain.document import Departure
from scheduling.domain.text import counted
from scheduling.rules import Demand, Exclusion, Rule, capacity_of
from scheduling.rules.guides import clashes_of, exclusions_of
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import closed_because, fits_trip, unusable_because

# Nothing makes a guide of another region or activity suitable for a day, nor one whom a request does not want.
_NOT_LIFTED = {Rule.REGION, Rule.ACTIVITY, Rule.EXCLUDED}
_TRAILS_TRIED = 5


def possibilities(planned: PlannedDay, departure_id: UUID, clock: Clock) -> Iterator[Remedy]:
    """Everything that would be enough by itself, as far as the clock allows."""
    if any(departure.id == departure_id for departure in planned.problem.departures):
        yield from other_numbers(planned, departure_id, clock)
        yield from _lifting_one_rule(planned, departure_id, clock)
    else:
        yield from _with_a_trail(planned, departure_id, clock)


def _lifting_one_rule(planned: PlannedDay, departure_id: UUID, clock: Clock) -> Iterator[Remedy]:
    """For each rule the guides, as few as it takes, whose trouble with it alone is in the way of a team."""
    for rule, guides in _kept_off_by_one_rule(planned, departure_id).items():
        left = clock.left()
        needed = _needed_of(planned, departure_id, guides, left) if left else ()
        if needed:
            names = planned.facts.snapshot.guides
            told = [_in_words(names[guide].name, exclusion) for guide in needed for exclusion in guides[guide][:1]]
            yield Remedy(rule.value, f"if {' and '.join(told)}", needed)


def _with_a_trail(planned: PlannedDay, departure_id: UUID, clock: Clock) -> Iterator[Remedy]:
    """The trails of which one alone, if it could be used, would do; and how many guests fewer would do."""
    departure, facts = planned.planned[departure_id], planned.facts
    trip = facts.snapshot.trips.get(departure.trip_id)
    if trip is None:
        return
    fitting = [trail for trail in facts.snapshot.trails_of(trip.region_id) if fits_trip(trail, trip)]
    days, span = days_of(departure), departure.span
    for trail in fitting[:_TRAILS_TRIED]:
        if _could_go(planned, departure_id, departure.model_copy(update={"trail_id": trail.id}), clock):
            why = unusable_because(trail, trip, days, span, departure.participants, facts.hazards)
            yield Remedy(Rule.TRAIL_CLOSED.value, f"if it were not that {why or f'{trail.name} cannot be used'}")
    too_small = [trail for trail in fitting if not closed_because(trail, days, span, facts.hazards)]
    largest = max(too_small, key=lambda trail: (trail.max_group_size or 0, trail.id), default=None)
    if largest is None or not largest.max_group_size:
        return
    smaller = departure.model_copy(update={"trail_id": largest.id, "participants": largest.max_group_size})
    if _could_go(planned, departure_id, smaller, clock):
        fewer = counted(departure.participants - largest.max_group_size, "guest")
        yield Remedy(RelaxationKind.FEWER_GUESTS.value, f"with {fewer} fewer, on {largest.name}")


def _could_go(planned: PlannedDay, departure_id: UUID, changed: Departure, clock: Clock) -> bool:
    """Whether the departure, changed like this, would have a team without anybody else losing theirs."""
    left, facts = clock.left(), planned.facts
    if not left:
        return False
    demand = Demand.of(departure_id, changed, planned.day, facts.snapshot)
    pairs = solver_pairs(assess(demand, facts, planned.context), changed, float("inf"), facts.recent_hours)
    asked = solver_departure(departure_id, changed, guests=changed.participants)
    problem = replace(planned.problem, departures=(*planned.problem.departures, asked))
    return bool(_team_without_loss(problem, planned.solved, departure_id, pairs, left))


def _kept_off_by_one_rule(planned: PlannedDay, departure_id: UUID) -> dict[Rule, dict[UUID, list[Exclusion]]]:
    assessment, facts, context = planned.assessments[departure_id], planned.facts, planned.context
    demand = assessment.demand
    found: defaultdict[Rule, dict[UUID, list[Exclusion]]] = defaultdict(dict)
    for guide_id, first in assessment.excluded.items():
        if first.rule in _NOT_LIFTED:
            continue
        guide = facts.snapshot.guides[guide_id]
        against = [
            *exclusions_of(guide, demand, facts, context.entered.of(guide_id, demand.days)),
            *clashes_of(demand.span, demand.day, context.elsewhere(guide_id), ignoring=departure_id),
        ]
        if {exclusion.rule for exclusion in against} == {first.rule}:
            found[first.rule][guide_id] = against
    return dict(sorted(found.items()))


def _needed_of(
    planned: PlannedDay, departure_id: UUID, guides: Mapping[UUID, list[Exclusion]], seconds: float
) -> tuple[UUID, ...]:
    """Whom of these guides the team would have; nobody where they would not be enough."""
    added = [_as_if_allowed(planned, departure_id, guide_id) for guide_id in guides]
    team = _team_without_loss(planned.problem, planned.solved, departure_id, added, seconds)
    return tuple(guide_id for guide_id in team if guide_id in guides)


def _as_if_allowed(planned: PlannedDay, departure_id: UUID, guide_id: UUID) -> EligiblePair:
    """A pair at half its score, so that whoever may go comes before whoever may not."""
    guide, demand = planned.facts.snapshot.guides[guide_id], planned.assessments[departure_id].demand
    adjustments = planned.context.entered.of(guide_id, demand.days)
    score = pairing_score(guide, demand, planned.facts, adjustments)
    return EligiblePair(
        departure_id, guide_id, capacity_of(guide, adjustments, demand.day), round(PERFECT_SCORE * score / 2)
    )


def _team_without_loss(
    problem: DayProblem, plan: DayPlan, departure_id: UUID, added: Iterable[EligiblePair], seconds: float
) -> tuple[UUID, ...]:
    """The departure's team with further pairs, if every other one that has a team keeps one."""
    part = part_around(replace(problem, pairs=(*problem.pairs, *added)), departure_id)
    solved = solve_day(part, time_limit_seconds=seconds)
    before = {team.departure_id for team in plan.teams}
    loses = before.intersection(solved.unstaffed)
    return () if loses else solved.team_of(departure_id)


def _in_words(name: str, exclusion: Exclusion) -> str:
    message = exclusion.message
    about = ", ".join(sorted(exclusion.about))
    told = {
        Rule.NOT_ACTIVE: f"{name} were not {message}",
        Rule.NOT_AVAILABLE: f"{name} were available on {about}",
        Rule.AVAILABILITY_EXCEPTION: f"{name}'s absence ended ({message})",
        Rule.RESTRICTION: f"{name}'s restriction were lifted ({message})",
        Rule.HELD_BY_EMERGENCY: f"{name} were released ({message})",
        Rule.CERTIFICATION: f"{name} held {about.upper()}",
        Rule.OVERLAP: f"{name} were not {message}",
        Rule.REST: f"{name} had their rest ({message})",
    }
    return told.get(exclusion.rule, f"{name} were not {message}")
