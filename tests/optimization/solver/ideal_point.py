"""What a day could attain if departures did not compete: the yardstick of a plan's score."""

from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan, Objectives
from optimization.solver.staffing import cheapest_team, group_by_departure


def ideal_objectives(problem: DayProblem, plan: DayPlan) -> Objectives:
    """Everybody served, everything kept, and for each staffed departure the loss of its cheapest team.

    No plan is better in any level than this: guests and kept at most these, the loss of the departures that
    `plan` staffs at least this.
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
