"""What it would cost to have a certain guide on a certain departure."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from optimization.solver.components import Component, busy_until
from optimization.solver.decomposition import Decomposition, decompose
from optimization.solver.greedy import Teams, objectives_of, over_budget, pinned_held, repaired
from optimization.solver.lexicographic import ComponentSolution, solve_component
from optimization.solver.problem import DayProblem, Departure, EligiblePair
from optimization.solver.solution import DayPlan, Objectives, PlanStatus, Team, UnstaffedReason
from optimization.solver.staffing import Staffing, as_team, why_unstaffable

_NO_DIFFERENCE = Objectives(0, 0, 0)


@dataclass(frozen=True, slots=True)
class ForcedAssignment:
    """A day on which `guide_id` is on the team of `departure_id`, whatever it costs, but for pinned guides.

    `difference` is that day less the plan, level by level: guests and kept pairs lost are negative, loss added
    is positive. It is None where there is no such day, and `reason` says why. `teams` are those that would be
    others than in the plan, `losing` the departures that would have none any more, both by id. `status` tells
    whether this is proven or merely the best that was found in time.
    """

    departure_id: UUID
    guide_id: UUID
    difference: Objectives | None
    reason: UnstaffedReason | None = None
    status: PlanStatus = PlanStatus.PROVEN
    teams: tuple[Team, ...] = ()
    losing: tuple[UUID, ...] = ()


def cost_of_assignment(
    problem: DayProblem, plan: DayPlan, departure_id: UUID, guide_id: UUID, *, time_limit_seconds: float = 2.0
) -> ForcedAssignment:
    """What the day loses against `plan` if the guide has to be on the departure's team.

    Only the departures that depend on this one are planned anew. Raises KeyError for a departure that is not
    in the problem.
    """
    return costs_of_assignments(problem, plan, departure_id, [guide_id], time_limit_seconds=time_limit_seconds)[0]


def costs_of_assignments(
    problem: DayProblem,
    plan: DayPlan,
    departure_id: UUID,
    guide_ids: Iterable[UUID],
    *,
    time_limit_seconds: float = 2.0,
) -> tuple[ForcedAssignment, ...]:
    """The same for several guides of one departure, in their order; the time is for all of them."""
    deadline = time.monotonic() + time_limit_seconds
    wanted = list(guide_ids)
    whatif = _WhatIf.of(problem, plan, decompose(problem), departure_id)
    prices = []
    for index, guide_id in enumerate(wanted):
        now = time.monotonic()
        prices.append(whatif.price_of(guide_id, now + (deadline - now) / (len(wanted) - index)))
    return tuple(prices)


@dataclass(frozen=True, slots=True)
class _WhatIf:
    """A departure among those that depend on it, as planned; without a component no plan can staff it."""

    departure: Departure
    pairs: Mapping[UUID, EligiblePair]
    reason: UnstaffedReason | None
    component: Component | None
    teams: Teams

    @classmethod
    def of(cls, problem: DayProblem, plan: DayPlan, parts: Decomposition, departure_id: UUID) -> "_WhatIf":
        departure = {departure.id: departure for departure in problem.departures}[departure_id]
        component = parts.component_of(departure_id)
        return cls(
            departure=departure,
            pairs={pair.guide_id: pair for pair in problem.pairs if pair.departure_id == departure_id},
            reason=parts.unstaffable.get(departure_id),
            component=component,
            teams=planned_teams(component.staffings, plan) if component else {},
        )

    def price_of(self, guide_id: UUID, deadline: float) -> ForcedAssignment:
        pair = self.pairs.get(guide_id)
        if pair is None:
            return self._impossible(guide_id, UnstaffedReason.REQUIRED_GUIDE_UNAVAILABLE)
        if self.component is None:
            return self._impossible(guide_id, self.reason)
        if pair in self.teams.get(self.departure.id, ()):
            return ForcedAssignment(self.departure.id, guide_id, _NO_DIFFERENCE)
        staffing = self._with(guide_id)
        reason = why_unstaffable(staffing, {})
        if reason is not None:
            return self._impossible(guide_id, reason)
        component = replace(self.component, staffings=_replaced(self.component.staffings, staffing))
        answer = solve_component(component, deadline=deadline, warm_start=self._repaired(component, pair))
        return self._judged(component, answer, guide_id)

    def _with(self, guide_id: UUID) -> Staffing:
        """Pinned, because pins are settled before all objectives."""
        pins = self.departure.pinned_guides | {guide_id}
        return Staffing.of(replace(self.departure, pinned_guides=pins), self.pairs.values())

    def _repaired(self, component: Component, forced: EligiblePair) -> Teams:
        """The plan with as little changed as common sense can: a bound on the price before anything is solved."""
        starts_at, free_at = self.departure.starts_at, busy_until(self.departure)
        settled = {}
        for staffing in component.staffings:
            other = staffing.departure
            members = self.teams.get(other.id, ())
            is_apart = other.starts_at >= free_at or starts_at >= busy_until(other)
            is_needed = other.id == self.departure.id or any(forced.guide_id == pair.guide_id for pair in members)
            if members and (is_apart or not is_needed):
                settled[other.id] = members
        return repaired(component, settled)

    def _judged(self, component: Component, answer: ComponentSolution, guide_id: UUID) -> ForcedAssignment:
        others = {key: members for key, members in self.teams.items() if key != self.departure.id}
        # The limit comes before pins: where there is one, nobody may go rather than one person more be moved.
        is_limited = component.max_changes is not None and self.departure.id not in answer.teams
        if is_limited or over_budget(component, answer.teams) > over_budget(component, self.teams):
            return self._impossible(guide_id, UnstaffedReason.CHANGE_BUDGET_SPENT, answer)
        is_held = pinned_held(component, answer.teams) > pinned_held(component, others)
        if not (is_held and self.departure.id in answer.teams):
            return self._impossible(guide_id, UnstaffedReason.PINNED_GUIDES_IN_THE_WAY, answer)
        before, after = objectives_of(component, self.teams), answer.objectives
        changed = [
            as_team(staffing, answer.teams[staffing.departure.id])
            for staffing in component.staffings
            if staffing.departure.id in answer.teams
            and set(answer.teams[staffing.departure.id]) != set(self.teams.get(staffing.departure.id, ()))
        ]
        return ForcedAssignment(
            self.departure.id,
            guide_id,
            Objectives(*(new - old for new, old in zip(after, before, strict=True))),
            status=answer.status,
            teams=tuple(changed),
            losing=tuple(sorted(self.teams.keys() - answer.teams.keys())),
        )

    def _impossible(
        self, guide_id: UUID, reason: UnstaffedReason | None, answer: ComponentSolution | None = None
    ) -> ForcedAssignment:
        status = answer.status if answer else PlanStatus.PROVEN
        return ForcedAssignment(self.departure.id, guide_id, None, reason, status)


def planned_teams(staffings: Iterable[Staffing], plan: DayPlan) -> dict[UUID, tuple[EligiblePair, ...]]:
    """The plan's teams of these departures as pairs."""
    guides = {team.departure_id: frozenset(team.guide_ids) for team in plan}
    return {
        staffing.departure.id: tuple(pair for pair in staffing.pairs if pair.guide_id in guides[staffing.departure.id])
        for staffing in staffings
        if staffing.departure.id in guides
    }


def _replaced(staffings: Sequence[Staffing], changed: Staffing) -> tuple[Staffing, ...]:
    return tuple(changed if staffing.departure.id == changed.departure.id else staffing for staffing in staffings)
