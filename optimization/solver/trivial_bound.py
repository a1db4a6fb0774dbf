"""The trivial bound of a component: every departure has its cheapest team, as if departures did not compete.

A plan that reaches it is optimal, whatever the weights: it staffs every departure, and on none of them more pairs could
be kept, or as many at less loss.
"""

from dataclasses import dataclass
from typing import Final

from optimization.solver.cheapest_team import best_team, pair_cost
from optimization.solver.components import Component
from optimization.solver.greedy import GuideOccupancy, budget_excess
from optimization.solver.staffing import Teams


@dataclass(frozen=True, slots=True)
class TrivialBound:
    """What is known of the bound without a solver.

    `only_plan` is the one plan that reaches it, if that is known. `cost` is that of the cheapest teams together, None
    if no plan can have these.
    """

    only_plan: Teams | None = None
    cost: int | None = None

    def is_reached_by(self, component: Component, teams: Teams) -> bool:
        """Return whether the plan is as good as the bound, and so optimal; others may be as good."""
        if self.cost is None or len(teams) < len(component.staffings) or budget_excess(component, teams):
            return False
        return self.cost == sum([pair_cost(pair) for members in teams.values() for pair in members])


OUT_OF_REACH: Final = TrivialBound()


def trivial_bound(component: Component) -> TrivialBound:
    """Return the bound of a component.

    Where each departure has a single cheapest team and these do not compete, they are what every exact solver must
    return. Where two of them compete, no plan reaches the bound.
    """
    occupancy = GuideOccupancy(component)
    cost = 0
    for staffing in component.staffings:
        best = best_team(staffing)
        if best is None:
            return OUT_OF_REACH
        cost += best.cost
        if best.is_only:
            if not occupancy.allows(staffing, best.members):
                return OUT_OF_REACH
            occupancy.assign(staffing, best.members)
    if len(occupancy.teams) < len(component.staffings):
        return TrivialBound(cost=cost)
    return OUT_OF_REACH if budget_excess(component, occupancy.teams) else TrivialBound(occupancy.teams, cost)
