"""The trivial bound of a component: every departure has its cheapest team, as if departures did not compete.

A plan that reaches it is optimal, whatever the weights: it staffs every departure, and on none of them more pairs could
be kept, or as many at less loss.
"""

from optimization.solver.cheapest_team import only_cheapest_team
from optimization.solver.components import Component
from optimization.solver.greedy import GuideOccupancy, budget_excess
from optimization.solver.staffing import Teams


def only_plan_at_bound(component: Component) -> Teams | None:
    """Return the plan that reaches the bound, if it is the only one; None if none or several do.

    It is what every exact solver must return, so none is needed.
    """
    occupancy = GuideOccupancy(component)
    for staffing in component.staffings:
        team = only_cheapest_team(staffing)
        if team is None or not occupancy.allows(staffing, team):
            return None
        occupancy.assign(staffing, team)
    return None if budget_excess(component, occupancy.teams) else occupancy.teams
