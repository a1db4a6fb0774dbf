"""The price of taking a guide instead of one of the present team, found by solving the departure's component again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from optimization.days.planned_day import PlannedDay
from optimization.explanations.alternatives import compare_plans, component_problem
from optimization.explanations.deadline import Clock
from optimization.explanations.explanation import Cost
from optimization.explanations.names import names_in
from optimization.solver import solve_day
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan
from scheduling.domain.document import Departure


@dataclass(frozen=True, slots=True)
class Replacement:
    """The best plan in which a guide goes in the place of `instead_of`; None where there is nobody to replace.

    `cost` is against the whole plan. `team` is the departure's in it: the guide may need company. `moves` has the teams
    of other departures, of those that are stored, that have to change with it, empty where one loses its team.
    """

    instead_of: UUID | None
    cost: Cost
    team: tuple[UUID, ...]
    moves: Mapping[UUID, tuple[UUID, ...]]


@dataclass(frozen=True, slots=True)
class Replacements:
    """By guide, the cheapest replacement that there is; `names` are those of the guides and departures mentioned.

    `is_partial`: the time limit was too short for all of it.
    """

    by_guide: Mapping[UUID, Replacement] = field(default_factory=dict)
    names: Mapping[UUID, str] = field(default_factory=dict)
    is_partial: bool = False


def find_replacements(
    planned: PlannedDay, departure_id: UUID, stored: Mapping[UUID, Departure], *, time_limit_seconds: float
) -> Replacements:
    """Return what it costs, against the whole plan, to take each eligible guide instead of one of the present team.

    Of several members the one whose replacement costs least is replaced; those who are pinned stay. Guides who are
    on other departures are among them. The best scores come first
    where time is short. `stored` are the departures of the daily schedule, of which the plan may have more.
    """
    if departure_id not in planned.planned:
        return Replacements()
    clock = Clock.of(time_limit_seconds)
    component = component_problem(planned.problem, departure_id)
    team = stored[departure_id].team
    places: list[UUID | None] = [member.guide_id for member in team if not member.pinned]
    if not team:
        places = [None]
    present = {member.guide_id for member in team}
    pairs = [pair for pair in component.pairs if pair.departure_id == departure_id and pair.guide_id not in present]
    found = {}
    for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.guide_id)):
        options = list(_replacements(planned, component, stored, departure_id, pair.guide_id, places, clock))
        if options:
            found[pair.guide_id] = min(options, key=_price)
    return Replacements(found, names_in(planned), clock.has_run_out)


def _replacements(
    planned: PlannedDay,
    component: DayProblem,
    stored: Mapping[UUID, Departure],
    departure_id: UUID,
    guide_id: UUID,
    places: list[UUID | None],
    clock: Clock,
) -> Iterator[Replacement]:
    for place in places:
        left = clock.left()
        if not left:
            return
        solved = solve_day(_with_replacement(component, departure_id, guide_id, place), time_limit_seconds=left)
        team = next((team.guide_ids for team in solved if team.departure_id == departure_id), ())
        if guide_id in team:
            cost = compare_plans(component, planned.solved, solved).cost
            yield Replacement(place, cost, team, _moves(stored, component, departure_id, solved))


def _moves(
    stored: Mapping[UUID, Departure], component: DayProblem, departure_id: UUID, solved: DayPlan
) -> dict[UUID, tuple[UUID, ...]]:
    """Return the teams that change with the departure's: those that give it a guide or get one, and so on from them.

    The plan may be better than what is stored in other places, too; that is no part of the replacement.
    """
    teams = {team.departure_id: team.guide_ids for team in solved}
    moving = {
        departure.id: stored[departure.id].guide_ids ^ frozenset(teams.get(departure.id, ()))
        for departure in component.departures
        if departure.id in stored
    }
    reached, guides = {departure_id}, moving[departure_id]
    while found := {key for key, moved in moving.items() if key not in reached and moved & guides}:
        reached |= found
        guides = guides.union(*(moving[key] for key in found))
    return {key: teams.get(key, ()) for key in sorted(reached - {departure_id})}


def _with_replacement(component: DayProblem, departure_id: UUID, guide_id: UUID, place: UUID | None) -> DayProblem:
    """The problem with the guide pinned to the departure, and the one in whose place they go kept off it."""
    return replace(
        component,
        departures=tuple(
            replace(departure, pinned_guides=departure.pinned_guides | {guide_id})
            if departure.id == departure_id
            else departure
            for departure in component.departures
        ),
        pairs=tuple(pair for pair in component.pairs if (pair.departure_id, pair.guide_id) != (departure_id, place)),
    )


def _price(replacement: Replacement) -> tuple[int, int, int]:
    cost = replacement.cost
    return (cost.guests, cost.changes, cost.points)
