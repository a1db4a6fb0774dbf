"""The cost of forcing a guide onto the team of a departure."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from optimization.solver.component_solution import ComponentSolution
from optimization.solver.components import Component, busy_until
from optimization.solver.decomposition import Decomposition, decompose
from optimization.solver.greedy import budget_excess, complete_greedily, objectives_of, staffed_pinned
from optimization.solver.lexicographic import solve_component
from optimization.solver.problem import DayProblem, Departure, EligiblePair
from optimization.solver.solution import DayPlan, Objectives, PlanStatus, Team, UnstaffedReason
from optimization.solver.staffing import Members, Staffing, Teams, as_team, unstaffable_reason

_NO_DIFFERENCE = Objectives(0, 0, 0)


@dataclass(frozen=True, slots=True)
class ForcedAssignment:
    """The best plan in which `guide_id` is on the team of `departure_id`; pinned guides stay where they are.

    `difference` is its objectives less those of the given plan: guests and kept pairs lost are negative, loss added
    is positive. It is None if there is no such plan, and `reason` is set. `changed_teams` differ from the given
    plan's, `newly_unstaffed` are departures that lose their team, both by id. `status` states whether this is proven
    or the best found in time.
    """

    departure_id: UUID
    guide_id: UUID
    difference: Objectives | None
    reason: UnstaffedReason | None = None
    status: PlanStatus = PlanStatus.PROVEN
    changed_teams: tuple[Team, ...] = ()
    newly_unstaffed: tuple[UUID, ...] = ()


def costs_of_assignments(
    problem: DayProblem,
    plan: DayPlan,
    departure_id: UUID,
    guide_ids: Iterable[UUID],
    *,
    time_limit_seconds: float = 2.0,
) -> tuple[ForcedAssignment, ...]:
    """Return for each guide, in their order, the cost against `plan` of forcing them onto the departure's team.

    Only the departures that depend on this one are solved again. The guides share the time limit evenly. Raises
    KeyError for a departure that is not in the problem.
    """
    deadline = time.monotonic() + time_limit_seconds
    guides = list(guide_ids)
    what_if = _WhatIf.of(problem, plan, decompose(problem), departure_id)
    forced = []
    for index, guide_id in enumerate(guides):
        now = time.monotonic()
        forced.append(what_if.force(guide_id, now + (deadline - now) / (len(guides) - index)))
    return tuple(forced)


@dataclass(frozen=True, slots=True)
class _WhatIf:
    """A departure within its component, as planned; without a component no plan can staff it."""

    departure: Departure
    pairs: Mapping[UUID, EligiblePair]
    reason: UnstaffedReason | None
    component: Component | None
    teams: Teams

    @classmethod
    def of(cls, problem: DayProblem, plan: DayPlan, decomposition: Decomposition, departure_id: UUID) -> "_WhatIf":
        departure = {departure.id: departure for departure in problem.departures}[departure_id]
        component = decomposition.component_of(departure_id)
        return cls(
            departure=departure,
            pairs={pair.guide_id: pair for pair in problem.pairs if pair.departure_id == departure_id},
            reason=decomposition.unstaffable.get(departure_id),
            component=component,
            teams=planned_teams(component.staffings, plan) if component else {},
        )

    def force(self, guide_id: UUID, deadline: float) -> ForcedAssignment:
        pair = self.pairs.get(guide_id)
        if pair is None:
            return self._infeasible(guide_id, UnstaffedReason.REQUIRED_GUIDE_UNAVAILABLE)
        if self.component is None:
            return self._infeasible(guide_id, self.reason)
        if pair in self.teams.get(self.departure.id, ()):
            return ForcedAssignment(self.departure.id, guide_id, _NO_DIFFERENCE)
        staffing = self._staffing_with(guide_id)
        reason = unstaffable_reason(staffing, {})
        if reason is not None:
            return self._infeasible(guide_id, reason)
        component = replace(self.component, staffings=_replaced(self.component.staffings, staffing))
        solution = solve_component(component, deadline=deadline, warm_start=self._repaired(component, pair))
        return self._compared(component, solution, guide_id)

    def _staffing_with(self, guide_id: UUID) -> Staffing:
        """Return the staffing with the guide pinned, since pinned departures precede all objectives."""
        pins = self.departure.pinned_guides | {guide_id}
        return Staffing.of(replace(self.departure, pinned_guides=pins), self.pairs.values())

    def _repaired(self, component: Component, forced: EligiblePair) -> Teams:
        """Return the plan with the teams removed that the forced guide disrupts, completed greedily."""
        starts_at, free_at = self.departure.starts_at, busy_until(self.departure)
        fixed = {}
        for staffing in component.staffings:
            other = staffing.departure
            members = self.teams.get(other.id, ())
            is_apart = other.starts_at >= free_at or starts_at >= busy_until(other)
            is_disrupted = other.id == self.departure.id or any(forced.guide_id == pair.guide_id for pair in members)
            if members and (is_apart or not is_disrupted):
                fixed[other.id] = members
        return complete_greedily(component, fixed)

    def _compared(self, component: Component, solution: ComponentSolution, guide_id: UUID) -> ForcedAssignment:
        others = {key: members for key, members in self.teams.items() if key != self.departure.id}
        # The change budget precedes pins: within one, the departure may stay unstaffed.
        is_over_budget = component.max_changes is not None and self.departure.id not in solution.teams
        if is_over_budget or budget_excess(component, solution.teams) > budget_excess(component, self.teams):
            return self._infeasible(guide_id, UnstaffedReason.CHANGE_BUDGET_SPENT, solution)
        is_added = staffed_pinned(component, solution.teams) > staffed_pinned(component, others)
        if not (is_added and self.departure.id in solution.teams):
            return self._infeasible(guide_id, UnstaffedReason.PINNED_GUIDES_IN_THE_WAY, solution)
        before, after = objectives_of(component, self.teams), solution.objectives
        return ForcedAssignment(
            self.departure.id,
            guide_id,
            Objectives(*(new - old for new, old in zip(after, before, strict=True))),
            status=solution.status,
            changed_teams=tuple(self._changed_teams(component, solution)),
            newly_unstaffed=tuple(sorted(self.teams.keys() - solution.teams.keys())),
        )

    def _changed_teams(self, component: Component, solution: ComponentSolution) -> list[Team]:
        return [
            as_team(staffing, solution.teams[staffing.departure.id])
            for staffing in component.staffings
            if staffing.departure.id in solution.teams
            and set(solution.teams[staffing.departure.id]) != set(self.teams.get(staffing.departure.id, ()))
        ]

    def _infeasible(
        self, guide_id: UUID, reason: UnstaffedReason | None, solution: ComponentSolution | None = None
    ) -> ForcedAssignment:
        status = solution.status if solution else PlanStatus.PROVEN
        return ForcedAssignment(self.departure.id, guide_id, None, reason, status)


def planned_teams(staffings: Iterable[Staffing], plan: DayPlan) -> dict[UUID, Members]:
    """Return the plan's teams of these departures as pairs."""
    guides = {team.departure_id: frozenset(team.guide_ids) for team in plan}
    return {
        staffing.departure.id: tuple(pair for pair in staffing.pairs if pair.guide_id in guides[staffing.departure.id])
        for staffing in staffings
        if staffing.departure.id in guides
    }


def _replaced(staffings: Sequence[Staffing], changed: Staffing) -> tuple[Staffing, ...]:
    return tuple(changed if staffing.departure.id == changed.departure.id else staffing for staffing in staffings)
