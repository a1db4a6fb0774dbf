"""The best plan without one assignment, by solving again the part of the day that it touches."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from optimization.explanations.explanation import Alternative, Cost
from optimization.solver import solve_day
from optimization.solver.components import connected_components
from optimization.solver.problem import DayProblem, EligiblePair
from optimization.solver.solution import DayPlan, Objectives
from optimization.solver.staffing import group_by_departure

Teams = Mapping[UUID, tuple[UUID, ...]]


def best_without(
    problem: DayProblem, plan: DayPlan, departure_id: UUID, guide_id: UUID, *, time_limit_seconds: float
) -> Alternative:
    """What the best plan costs in which `guide_id` does not go on `departure_id`, and whom it sends where."""
    part = part_around(problem, departure_id)
    without = replace(
        part,
        pairs=tuple(pair for pair in part.pairs if (pair.departure_id, pair.guide_id) != (departure_id, guide_id)),
    )
    solved = solve_day(without, time_limit_seconds=time_limit_seconds)
    return compared(part, plan, solved)


def part_around(problem: DayProblem, departure_id: UUID) -> DayProblem:
    """The departures that depend on one, with it; a limit on the people moved makes all depend on all."""
    if problem.max_changes is not None:
        return problem
    staffings = group_by_departure(problem.departures, problem.pairs)
    parts = connected_components(staffings, problem.locations)
    ids = next(ids for part in parts if departure_id in (ids := {staffing.departure.id for staffing in part.staffings}))
    return replace(
        problem,
        departures=tuple(departure for departure in problem.departures if departure.id in ids),
        pairs=tuple(pair for pair in problem.pairs if pair.departure_id in ids),
    )


def compared(part: DayProblem, plan: DayPlan, other: DayPlan) -> Alternative:
    """How `other`, a plan of `part`, differs from what `plan` does there."""
    ids = frozenset(departure.id for departure in part.departures)
    now = {team.departure_id: team.guide_ids for team in plan.teams if team.departure_id in ids}
    then = {team.departure_id: team.guide_ids for team in other.teams}
    before, after = (_objectives(part, teams) for teams in (now, then))
    difference = Objectives(after.guests - before.guests, after.kept - before.kept, after.loss - before.loss)
    return Alternative(Cost.of(difference), _changed(ids, now, then))


def _objectives(part: DayProblem, teams: Teams) -> Objectives:
    """What teams attain; whom the part does not know as a pair counts for nothing."""
    pairs: dict[tuple[UUID, UUID], EligiblePair] = {(pair.departure_id, pair.guide_id): pair for pair in part.pairs}
    chosen = [pairs[key, guide] for key, team in teams.items() for guide in team if (key, guide) in pairs]
    return Objectives(
        guests=sum(departure.weight for departure in part.departures if teams.get(departure.id)),
        kept=sum(pair.is_kept for pair in chosen),
        loss=sum(pair.loss for pair in chosen),
    )


def _changed(ids: Collection[UUID], now: Teams, then: Teams) -> dict[UUID, tuple[UUID, ...]]:
    return {key: then.get(key, ()) for key in sorted(ids) if set(then.get(key, ())) != set(now.get(key, ()))}
