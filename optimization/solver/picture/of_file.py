"""The page of a day that a file describes."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from optimization.solver.json_format import NamedProblem
from optimization.solver.picture.page import plan_page
from optimization.solver.picture.values import (
    MINUTES_PER_DAY,
    PicturedDay,
    PicturedDeparture,
    PicturedGuide,
    Timeline,
    levels_of,
)
from optimization.solver.problem import Departure
from optimization.solver.solution import DayPlan, PlanStatus, UnstaffedReason

REASONS: Mapping[UnstaffedReason, str] = {
    UnstaffedReason.NO_CANDIDATE: "no guide is eligible",
    UnstaffedReason.PINNED_GUIDE_UNAVAILABLE: "a pinned guide is not eligible",
    UnstaffedReason.REQUIRED_GUIDE_UNAVAILABLE: "a required guide is not eligible",
    UnstaffedReason.TEAM_TOO_LARGE: "more guides are pinned or required than the team may have",
    UnstaffedReason.NOBODY_CAN_LEAD: "none of the eligible guides may lead",
    UnstaffedReason.GROUP_NOT_COVERED: "no team that it may have is enough for its guests",
    UnstaffedReason.LOCATION_FULL: "its location is full at that time",
    UnstaffedReason.GUIDES_NEEDED_ELSEWHERE: "its guides are needed on other departures",
    UnstaffedReason.PINNED_GUIDES_IN_THE_WAY: "its guides are pinned to other departures",
    UnstaffedReason.CHANGE_BUDGET_SPENT: "it would take more reassigned guides than allowed",
}
QUALITIES: Mapping[PlanStatus, str] = {
    PlanStatus.PROVEN: "proven optimal",
    PlanStatus.BEST_FOUND: "best found, not proven",
    PlanStatus.GREEDY: "greedy: the solver gave no plan",
}


def page_of_file(file: str, named: NamedProblem, plan: DayPlan) -> str:
    """Return the page of a plan, by the ids of the file; equal pages for equal plans."""
    departures, names = named.problem.departures, named.names
    # Minutes count from any origin: the first day shown is that of the first start.
    first_day = min((departure.starts_at for departure in departures), default=0) // MINUTES_PER_DAY * MINUTES_PER_DAY
    pictured = tuple(_pictured(departure, plan, names, first_day) for departure in departures)
    staffed = [departure for departure in pictured if departure.team]
    totals = (
        ("guests served", f"{sum(d.guests for d in staffed)} of {sum(d.guests for d in pictured)}"),
        ("departures staffed", f"{len(staffed)} of {len(pictured)}"),
        ("guides reassigned", str(len(plan.moved))),
        ("plan", QUALITIES[plan.status]),
    )
    day = PicturedDay(
        "The day",
        (Timeline("Departures", pictured),),
        levels_of(plan.objectives, plan.bounds),
        totals,
        (f"The solver failed: {plan.error}",) if plan.error else (),
    )
    name = "standard input" if file == "-" else Path(file).name
    return plan_page(f"Plan of {name}", "Times are those of the file, its origin taken as midnight.", [day])


def _pictured(departure: Departure, plan: DayPlan, names: Mapping[UUID, str], first_day: int) -> PicturedDeparture:
    team = plan.team_of(departure.id)
    return PicturedDeparture(
        name=names[departure.id],
        starts_at=departure.starts_at - first_day,
        ends_at=departure.ends_at - first_day,
        guests=departure.guests,
        team=tuple(PicturedGuide(names[guide], str(guide)) for guide in team),
        reason="" if team else REASONS[plan.unstaffed[departure.id]],
    )
