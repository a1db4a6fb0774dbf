"""The rows that tell the story of an optimization run."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from optimization.models import Algorithm, OptimizationRun, RunDetail, RunStatus
from optimization.solver.problem import DayProblem, RequestProblem
from optimization.solver.solution import DayPlan, PlanStatus, RequestSolution
from scheduling.domain.facts import Snapshot

_SET = re.compile(r"frozenset\(\{([^}]*)\}\)")


@dataclass(frozen=True, slots=True)
class Solved:
    """What a solver's answer says about a run, whichever model it was."""

    status: PlanStatus
    gap: float
    solve_seconds: float
    variables: int
    rows: int
    staffed: int
    unstaffed: int
    objective: dict[str, Any]
    error: str
    moved: int | None = None

    @classmethod
    def of_day(cls, plan: DayPlan, *, staffed: int, unstaffed: int) -> "Solved":
        """Of a day; the counts include the departures that the solver was not asked about."""
        objective = {"attained": plan.objectives._asdict(), "bounds": plan.bounds._asdict()}
        size = (plan.variables, plan.rows)
        counts = (staffed, unstaffed)
        return cls(plan.status, plan.gap, plan.solve_seconds, *size, *counts, objective, plan.error, len(plan.moved))

    @classmethod
    def of_request(cls, plan: RequestSolution) -> "Solved":
        staffed = len([answer for answer in plan.options if answer.guide_ids])
        counts = (staffed, len(plan.options) - staffed)
        gap = 0.0 if plan.status is PlanStatus.PROVEN else 1.0
        return cls(plan.status, gap, plan.solve_seconds, plan.variables, plan.rows, *counts, {}, plan.error)


@transaction.atomic
def start_run(
    day: date,
    *,
    subject: RunDetail.Subject,
    region_ids: Collection[UUID] = (),
    request_id: UUID | None = None,
    run_id: UUID | None = None,
    max_changes: int | None = None,
) -> OptimizationRun:
    """A row that says the run is on its way, for whoever watches."""
    run = OptimizationRun.objects.create(
        run_id=run_id or uuid4(), schedule_date=day, algorithm=Algorithm.MILP_HIGHS, status=RunStatus.RUNNING
    )
    RunDetail.objects.create(
        run=run,
        subject=subject,
        region_ids=sorted(str(region_id) for region_id in region_ids),
        request_id=request_id,
        max_changes=max_changes,
    )
    return run


@transaction.atomic
def complete_run(run: OptimizationRun, solved: Solved, *, score: float | None, inputs: dict[str, Any]) -> None:
    """Close the run, in the transaction that stores its plan where it has one."""
    run.algorithm = Algorithm.GREEDY if solved.status is PlanStatus.GREEDY else Algorithm.MILP_HIGHS
    run.score = None if score is None else Decimal(str(round(score, 2)))
    run.status, run.completed_at = RunStatus.COMPLETED, timezone.now()
    run.duration_ms = _milliseconds(run.completed_at - run.started_at)
    run.save(update_fields=["status", "algorithm", "score", "completed_at", "duration_ms"])
    RunDetail.objects.filter(pk=run.pk).update(
        proof=solved.status.value,
        gap=solved.gap,
        solve_ms=round(solved.solve_seconds * 1000),
        variables=solved.variables,
        rows=solved.rows,
        staffed=solved.staffed,
        unstaffed=solved.unstaffed,
        objective=solved.objective,
        inputs=inputs,
        error=solved.error,
        moved=solved.moved,
    )


@transaction.atomic
def fail_run(run: OptimizationRun, error: str) -> None:
    """Close a run that is under way as failed; what was planned before stays, and so does a run that is closed.

    Whatever goes wrong once its plan is committed does not make the plan one that failed.
    """
    ended_at = timezone.now()
    under_way = OptimizationRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING)
    if under_way.update(
        status=RunStatus.FAILED, completed_at=ended_at, duration_ms=_milliseconds(ended_at - run.started_at)
    ):
        RunDetail.objects.filter(pk=run.pk).update(error=error)


def fail_abandoned_runs(now: datetime) -> int:
    """Close the runs whose process ended without a word: no task lives longer than its hard time limit."""
    before = now - timedelta(seconds=settings.TASK_TIME_LIMIT_SECONDS)
    abandoned = OptimizationRun.objects.filter(status=RunStatus.RUNNING, started_at__lt=before)
    for run in abandoned:
        fail_run(run, "its process ended before the run did")
    return len(abandoned)


def _milliseconds(lasted: timedelta) -> int:
    return round(lasted.total_seconds() * 1000)


def inputs_of(problem: DayProblem | RequestProblem, snapshot: Snapshot) -> dict[str, Any]:
    """The problem's hash, the age of each sibling's answer by now, and what was not known."""
    now = timezone.now()
    age = {sibling.value: round((now - read_at).total_seconds(), 1) for sibling, read_at in snapshot.read_at.items()}
    unknown = {sibling.value: why for sibling, why in snapshot.unknown.items()}
    return {"hash": hash_of(problem), "age_seconds": age, "unknown": unknown}


def hash_of(problem: DayProblem | RequestProblem) -> str:
    """The same for the same problem, in whatever process it was put together."""
    # The order in which a set shows its members depends on the order in which they came into it.
    shown = _SET.sub(lambda found: str(sorted(found[1].split(", "))), repr(problem))
    return hashlib.sha256(shown.encode()).hexdigest()
