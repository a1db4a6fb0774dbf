"""Decomposition of a day into independent components, and the recombination of their solutions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from optimization.solver.component_solution import ComponentSolution
from optimization.solver.components import Component, connected_components, whole_component
from optimization.solver.greedy import GuideOccupancy
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan, Objectives, PlanStatus, UnstaffedReason
from optimization.solver.staffing import Staffing, Teams, as_team, group_by_departure, unstaffable_reason


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The components of a day, and the departures that no plan can staff."""

    components: Sequence[Component]
    unstaffable: Mapping[UUID, UnstaffedReason]

    def component_of(self, departure_id: UUID) -> Component | None:
        """Return the component of a departure; None if no plan can staff it."""
        containing = (
            component
            for component in self.components
            if any(departure_id == staffing.departure.id for staffing in component.staffings)
        )
        return next(containing, None)


def decompose(problem: DayProblem) -> Decomposition:
    """Split a problem into independent components; a limit on reassigned guides makes one of everything."""
    locations = {location.id: location for location in problem.locations}
    staffable: list[Staffing] = []
    unstaffable: dict[UUID, UnstaffedReason] = {}
    released: set[UUID] = set()
    for staffing in group_by_departure(problem.departures, problem.pairs):
        reason = unstaffable_reason(staffing, locations)
        if reason is None:
            staffable.append(staffing)
        else:
            unstaffable[staffing.departure.id] = reason
            released.update([pair.guide_id for pair in staffing.kept])
    if problem.max_changes is None or not staffable:
        return Decomposition(connected_components(staffable, problem.locations), unstaffable)
    whole = whole_component(
        staffable, problem.locations, max_changes=problem.max_changes, moved_anyway=frozenset(released)
    )
    return Decomposition([whole], unstaffable)


def recombine(
    problem: DayProblem, decomposition: Decomposition, solutions: Sequence[ComponentSolution], solve_seconds: float
) -> DayPlan:
    """Combine the solutions of the components, in their order, into the plan of the day."""
    unstaffed = dict(decomposition.unstaffable)
    teams = []
    for component, solution in zip(decomposition.components, solutions, strict=True):
        unstaffed |= _unstaffed_reasons(component, solution.teams)
        teams += [
            as_team(staffing, solution.teams[staffing.departure.id])
            for staffing in component.staffings
            if staffing.departure.id in solution.teams
        ]
    return DayPlan(
        teams=tuple(sorted(teams, key=lambda team: team.departure_id)),
        unstaffed=dict(sorted(unstaffed.items())),
        status=_overall_status(solutions),
        objectives=_sum_of([solution.objectives for solution in solutions]),
        bounds=_sum_of([solution.bounds for solution in solutions]),
        gap=_relative_gap(solutions),
        variables=sum([solution.variables for solution in solutions]),
        rows=sum([solution.rows for solution in solutions]),
        error=next((solution.error for solution in solutions if solution.error), ""),
        moved=_moved(problem, solutions),
        solve_seconds=solve_seconds,
    )


def _moved(problem: DayProblem, solutions: Sequence[ComponentSolution]) -> tuple[UUID, ...]:
    chosen = {id(pair) for solution in solutions for members in solution.teams.values() for pair in members}
    return tuple(sorted({pair.guide_id for pair in problem.pairs if pair.is_kept is not (id(pair) in chosen)}))


def _unstaffed_reasons(component: Component, teams: Teams) -> dict[UUID, UnstaffedReason]:
    """Return the reasons of the departures that are unstaffed here though they could be staffed alone."""
    without_capacity = _departures_without_capacity(component, teams)
    occupancy = None if component.max_changes is None else GuideOccupancy(component, teams)
    reasons = {}
    for staffing in component.staffings:
        departure_id = staffing.departure.id
        if departure_id in teams:
            continue
        if departure_id in without_capacity:
            reasons[departure_id] = UnstaffedReason.LOCATION_FULL
        elif occupancy is not None and occupancy.cheapest_team(staffing) is not None:
            reasons[departure_id] = UnstaffedReason.CHANGE_BUDGET_SPENT
        else:
            reasons[departure_id] = UnstaffedReason.GUIDES_NEEDED_ELSEWHERE
    return reasons


def _departures_without_capacity(component: Component, teams: Teams) -> set[UUID]:
    """Return the departures for which the staffed ones leave too little capacity at their location."""
    without_capacity: set[UUID] = set()
    for row in component.capacity_rows:
        used = sum([departure.guests for departure in row.departures if departure.id in teams])
        without_capacity |= {departure.id for departure in row.departures if used + departure.guests > row.people}
    return without_capacity


def _overall_status(solutions: Sequence[ComponentSolution]) -> PlanStatus:
    """Return GREEDY if the solver failed on a component or solved none, PROVEN if all are, else BEST_FOUND."""
    statuses = {solution.status for solution in solutions}
    has_failed = any(solution.error and solution.status is PlanStatus.GREEDY for solution in solutions)
    if has_failed or statuses == {PlanStatus.GREEDY}:
        return PlanStatus.GREEDY
    return PlanStatus.PROVEN if statuses <= {PlanStatus.PROVEN} else PlanStatus.BEST_FOUND


def _sum_of(objectives: Sequence[Objectives]) -> Objectives:
    return Objectives(*(sum(column) for column in zip(*objectives, strict=True))) if objectives else Objectives(0, 0, 0)


def _relative_gap(solutions: Sequence[ComponentSolution]) -> float:
    distance = sum([solution.objective - solution.objective_bound for solution in solutions])
    return distance / max(1.0, sum([solution.objective for solution in solutions]))
