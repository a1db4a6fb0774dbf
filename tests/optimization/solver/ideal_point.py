"""The ideal point of a day (Ehrgott 2005): the optimum of each objective as if departures did not compete."""

from optimization.solver.cheapest_team import cheapest_team
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan, Objectives
from optimization.solver.staffing import group_by_departure


def ideal_objectives(problem: DayProblem, plan: DayPlan) -> Objectives:
    """Return all guests, all kept pairs, and the sum over staffed departures of the loss of the cheapest team.

    It bounds every objective: guests and kept from above, the loss of the departures that `plan` staffs from below.
    """
    staffed = {team.departure_id for team in plan.teams}
    teams = [
        cheapest_team(staffing, staffing.free, lambda pair: pair.loss) or ()
        for staffing in group_by_departure(problem.departures, problem.pairs)
        if staffing.departure.id in staffed
    ]
    return Objectives(
        guests=sum([departure.weight for departure in problem.departures]),
        kept=sum([pair.is_kept for pair in problem.pairs]),
        loss=sum([pair.loss for team in teams for pair in team]),
    )
