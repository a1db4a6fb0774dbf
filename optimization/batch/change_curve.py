"""The change curve of a date: the best plan for each limit on reassigned guides, to choose a limit from."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings

from optimization.days.planned_day import PlannedDay
from optimization.days.services import plan_date
from optimization.solver.change_budget import DEFAULT_BUDGETS, BudgetPoint, budget_curve
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan, PlanStatus
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.domain.facts import Snapshot


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The best plan with at most `max_changes` guides reassigned, or as few more as the hard rules require.

    `departures` are those staffed, `guests` those served, `kept` the current assignments kept, `loss` that of
    `Objectives`, in thousandths of a perfect pairing; `names` are the reassigned guides'.
    """

    max_changes: int
    departures: int
    guests: int
    kept: int
    loss: int
    names: tuple[str, ...]
    is_proven: bool

    def as_json(self, before: "CurvePoint | None") -> dict[str, Any]:
        """Return the point as JSON values, with its gains over the point before it."""
        point: dict[str, Any] = {
            "max_changes": self.max_changes,
            "departures_staffed": self.departures,
            "guests_served": self.guests,
            "kept": self.kept,
            "loss": self.loss,
            "moved": list(self.names),
            "proven": self.is_proven,
        }
        if before:
            point["buys"] = {
                "departures_staffed": self.departures - before.departures,
                "guests_served": self.guests - before.guests,
                "kept": self.kept - before.kept,
                "loss": self.loss - before.loss,
            }
        return point


def change_curve(
    day: date, region_ids: Collection[UUID], snapshot: Snapshot, budgets: Iterable[int] = DEFAULT_BUDGETS
) -> tuple[CurvePoint, ...]:
    """Return the best plan for each limit, with all regions of the date as one problem. Nothing is stored.

    Raises SiblingUnavailable if the guides of a later day do not answer.
    """
    return curve_of(plan_date(day, region_ids, gather_facts(snapshot)), budgets)


def curve_of(plan: PlannedDay, budgets: Iterable[int] = DEFAULT_BUDGETS) -> tuple[CurvePoint, ...]:
    """Return the best plan for each limit, of the problem that `plan` solves; its own limit does not count."""
    points = budget_curve(plan.problem, budgets, time_limit_seconds=settings.SOLVER_TIME_LIMIT_SECONDS)
    return tuple(_point(point, plan.problem, plan.facts.snapshot) for point in points)


def _point(point: BudgetPoint, problem: DayProblem, snapshot: Snapshot) -> CurvePoint:
    plan = point.plan
    return CurvePoint(
        max_changes=point.max_changes,
        departures=len(plan.teams),
        guests=_guests(plan, problem),
        kept=plan.objectives.kept,
        loss=plan.objectives.loss,
        names=tuple(sorted(_name(guide_id, snapshot) for guide_id in plan.moved)),
        is_proven=plan.status is PlanStatus.PROVEN,
    )


def _guests(plan: DayPlan, problem: DayProblem) -> int:
    staffed = {team.departure_id for team in plan.teams}
    return sum(departure.guests for departure in problem.departures if departure.id in staffed)


def _name(guide_id: UUID, snapshot: Snapshot) -> str:
    guide = snapshot.guides.get(guide_id)
    return guide.name if guide else str(guide_id)
