"""A day taken into parts that are solved apart, and put together again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from optimization.solver.components import Component, connected_components, whole_component
from optimization.solver.greedy import GuideOccupancy, Teams
from optimization.solver.lexicographic import ComponentSolution
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan, Objectives, PlanStatus, UnstaffedReason
from optimization.solver.staffing import Staffing, as_team, group_by_departure, why_unstaffable


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The components of a day, and the departures that no plan can staff."""

    components: Sequence[Component]
    unstaffable: Mapping[UUID, UnstaffedReason]

    def component_of(self, departure_id: UUID) -> Component | None:
        """The part that a departure is in; None if no plan can staff it."""
        with_it = (
            part
            for part in self.components
            if any(departure_id == staffing.departure.id for staffing in part.staffings)
        )
        return next(with_it, None)


def decompose(problem: DayProblem) -> Decomposition:
    """The independent parts of a problem; a limit on the people moved makes one part of everything."""
    locations = {location.id: location for location in problem.locations}
    staffable: list[Staffing] = []
    unstaffable: dict[UUID, UnstaffedReason] = {}
    dropped: set[UUID] = set()
    for staffing in group_by_departure(problem.departures, problem.pairs):
        reason = why_unstaffable(staffing, locations)
        if reason is None:
            staffable.append(staffing)
        else:
            unstaffable[staffing.departure.id] = reason
            dropped.update([pair.guide_id for pair in staffing.kept])
    if problem.max_changes is None or not staffable:
        return Decomposition(connected_components(staffable, problem.locations), unstaffable)
    whole = whole_component(
        staffable, problem.locations, max_changes=problem.max_changes, moved_anyway=frozenset(dropped)
    )
    return Decomposition([whole], unstaffable)


def recombine(
    problem: DayProblem, parts: Decomposition, answers: Sequence[ComponentSolution], seconds: float
) -> DayPlan:
    """The plan of the day made of the answers to its parts."""
    unstaffed = dict(parts.unstaffable)
    teams = []
    for component, answer in zip(parts.components, answers, strict=True):
        unstaffed |= _left_out(component, answer.teams)
        teams += [
            as_team(staffing, answer.teams[staffing.departure.id])
            for staffing in component.staffings
            if staffing.departure.id in answer.teams
        ]
    return DayPlan(
        teams=tuple(sorted(teams, key=lambda team: team.departure_id)),
        unstaffed=dict(sorted(unstaffed.items())),
        status=_worst(answers),
        objectives=_total([answer.objectives for answer in answers]),
        bounds=_total([answer.bounds for answer in answers]),
        gap=_gap(answers),
        variables=sum([answer.variables for answer in answers]),
        rows=sum([answer.rows for answer in answers]),
        error=next((answer.error for answer in answers if answer.error), ""),
        moved=_moved(problem, answers),
        solve_seconds=seconds,
    )


def _moved(problem: DayProblem, answers: Sequence[ComponentSolution]) -> tuple[UUID, ...]:
    chosen = {id(pair) for answer in answers for members in answer.teams.values() for pair in members}
    return tuple(sorted({pair.guide_id for pair in problem.pairs if pair.is_kept is not (id(pair) in chosen)}))


def _left_out(component: Component, teams: Teams) -> dict[UUID, UnstaffedReason]:
    """Why departures that could be staffed alone are not."""
    full = _without_room(component, teams)
    diary = None if component.max_changes is None else GuideOccupancy(component, teams)
    reasons = {}
    for staffing in component.staffings:
        departure_id = staffing.departure.id
        if departure_id in teams:
            continue
        if departure_id in full:
            reasons[departure_id] = UnstaffedReason.LOCATION_FULL
        elif diary is not None and diary.possible_team(staffing) is not None:
            reasons[departure_id] = UnstaffedReason.CHANGE_BUDGET_SPENT
        else:
            reasons[departure_id] = UnstaffedReason.GUIDES_NEEDED_ELSEWHERE
    return reasons


def _without_room(component: Component, teams: Teams) -> set[UUID]:
    """The departures that the others leave no room for at their location."""
    full: set[UUID] = set()
    for room in component.rooms:
        taken = sum([departure.guests for departure in room.departures if departure.id in teams])
        full |= {departure.id for departure in room.departures if taken + departure.guests > room.people}
    return full


def _worst(answers: Sequence[ComponentSolution]) -> PlanStatus:
    """What can be said of the whole.

    Greedy if the solver failed on a part or had no time for any, proven if every part is.
    """
    statuses = {answer.status for answer in answers}
    failed = any(answer.error and answer.status is PlanStatus.GREEDY for answer in answers)
    if failed or statuses == {PlanStatus.GREEDY}:
        return PlanStatus.GREEDY
    return PlanStatus.PROVEN if statuses <= {PlanStatus.PROVEN} else PlanStatus.BEST_FOUND


def _total(objectives: Sequence[Objectives]) -> Objectives:
    return Objectives(*(sum(column) for column in zip(*objectives, strict=True))) if objectives else Objectives(0, 0, 0)


def _gap(answers: Sequence[ComponentSolution]) -> float:
    distance = sum([answer.objective - answer.objective_bound for answer in answers])
    return distance / max(1.0, sum([answer.objective for answer in answers]))
