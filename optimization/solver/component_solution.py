"""The plan of one component, and how far it may be from the best."""

from dataclasses import dataclass

from optimization.solver.assignment_model import GUESTS_WEIGHT, KEPT_WEIGHT
from optimization.solver.components import Component
from optimization.solver.solution import Objectives, PlanStatus
from optimization.solver.staffing import Teams


@dataclass(frozen=True, slots=True)
class ComponentSolution:
    """The plan of one component. `objective` and `objective_bound` are of the weighted sum, which is minimised."""

    teams: Teams
    status: PlanStatus
    objectives: Objectives
    bounds: Objectives
    objective: float
    objective_bound: float
    variables: int = 0
    rows: int = 0
    error: str = ""


def upper_limits(component: Component) -> Objectives:
    """Return the objectives of a plan that staffs every departure, keeps every pair and loses nothing."""
    return Objectives(
        guests=sum([staffing.departure.weight for staffing in component.staffings]),
        kept=sum([pair.is_kept for staffing in component.staffings for pair in staffing.pairs]),
        loss=0,
    )


def weighted_sum(total: Objectives, objectives: Objectives) -> float:
    return float(
        GUESTS_WEIGHT * (total.guests - objectives.guests)
        + KEPT_WEIGHT * (total.kept - objectives.kept)
        + objectives.loss
    )
