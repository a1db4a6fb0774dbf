"""The floor under every time limit: a greedy plan, bettered by ejection chains."""

from typing import Final

from optimization.solver.components import Component
from optimization.solver.ejection_chains import staff_by_chains
from optimization.solver.greedy import greedy_teams
from optimization.solver.staffing import Teams

# Of a greedy plan, per pair (measured).
FLOOR_SECONDS: Final = 1.5e-5


def floor_plan(component: Component, *, deadline: float) -> Teams:
    """Return a plan without a solver; what betters the first greedy pass ends at `deadline`."""
    return staff_by_chains(component, greedy_teams(component, deadline=deadline), deadline=deadline)
