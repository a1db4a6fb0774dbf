"""What would help where no option does: single changes outside of the plan, each of which would give it a team."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice
from uuid import UUID

from conflicts.detection import Cause, ConflictType
from conflicts.resolution.problem import Problem, Spot
from optimization.candidates.assessment import Candidate
from optimization.candidates.conditions import condition_of, excluded_by_one_rule
from optimization.candidates.scoring import score_parts
from optimization.strategies.replacement_team import MAX_CERTIFIED, CandidatePool, certified_pool
from scheduling.domain.facts import Guide
from scheduling.rules import Exclusion, Rule, capacity_of
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import fits_trip, unusable_because

MAX_NAMED = 5
# No change makes a guide lead an activity that they do not; whom the conflict is about is not what would help.
_NOT_LIFTED = {Rule.ACTIVITY, Rule.EXCLUDED}


def what_would_help(problem: Problem) -> list[str]:
    """Return up to five sentences on what would let one of the conflict's departures go, the best guide first.

    Each guide named is excluded by a single rule; with them a team would be large enough.
    """
    if problem.conflict_type is not ConflictType.GUIDE_DOUBLE_BOOKED and problem.cause is not Cause.NO_TRAIL:
        return []
    conditions = (_sentence(spot, condition) for spot in problem.movable() for condition in _conditions(spot, problem))
    return list(islice(conditions, MAX_NAMED))


def _sentence(spot: Spot, condition: str) -> str:
    departure = spot.departure
    return f"{departure.trip_name} on {departure.starts_at:%Y-%m-%d at %H:%M} could go if {condition}."


def _conditions(spot: Spot, problem: Problem) -> Iterator[str]:
    yield from _of_guides(spot, problem)
    if problem.cause is Cause.NO_TRAIL:
        yield from _of_trails(spot, problem)


def _of_guides(spot: Spot, problem: Problem) -> Iterator[str]:
    if problem.cause is Cause.NO_TRAIL:
        return
    replaced = frozenset() if problem.cause is Cause.NO_LEAD else problem.guide_ids
    kept = [member for member in spot.departure.team if member.guide_id not in replaced]
    promising = _almost_eligible(certified_pool(spot, problem, without=replaced), replaced)[:MAX_CERTIFIED]
    problem.certify({candidate.guide.id for candidate, _ in promising})
    pool = certified_pool(spot, problem, without=replaced)
    for candidate, exclusion in _almost_eligible(pool, replaced):
        if any(candidate.guide.id in team for team in _with(candidate, pool).teams(kept)):
            yield condition_of(candidate.guide.name, exclusion)


def _almost_eligible(pool: CandidatePool, replaced: Collection[UUID]) -> list[tuple[Candidate, Exclusion]]:
    """Return the guides whom a single rule excludes, with the first thing that it says, the best score first."""
    excluded = excluded_by_one_rule(pool.assessment, pool.facts, pool.context, not_lifted=_NOT_LIFTED)
    found = [(_candidate(guide, pool), exclusions[0]) for _, guide, exclusions in excluded if guide.id not in replaced]
    return sorted(found, key=lambda entry: (-entry[0].score, entry[0].guide.id))


def _candidate(guide: Guide, pool: CandidatePool) -> Candidate:
    demand = pool.assessment.demand
    adjustments = pool.context.entered.of(guide.id, demand.days)
    parts = score_parts(guide, demand, pool.facts, adjustments)
    return Candidate(guide, capacity_of(guide, adjustments, demand.day), parts.product, parts)


def _with(candidate: Candidate, pool: CandidatePool) -> CandidatePool:
    able = pool.assessment.able.with_also(candidate.guide, candidate.capacity, candidate.score)
    return replace(pool, assessment=replace(pool.assessment, able=able))


def _of_trails(spot: Spot, problem: Problem) -> Iterator[str]:
    departure, facts = spot.departure, problem.facts
    trip = facts.snapshot.trips.get(departure.trip_id)
    if trip is None:
        return
    for trail in facts.snapshot.trails_of(trip.region_id):
        planned = replace(spot, departure=departure.model_copy(update={"trail_id": trail.id}))
        if fits_trip(trail, trip) and next(certified_pool(planned, problem).teams([]), None):
            days, span = days_of(departure), departure.span
            why = unusable_because(trail, trip, days, span, departure.participants, facts.hazards)
            if why:
                yield f"it were not that {why}"
