"""The life cycle of an optimization run: started, completed, failed or abandoned."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from novatrek_scheduling.pgpool.rows import Changed, store_rows
from optimization.models import Algorithm, OptimizationRun, RunDetail, RunStatus
from optimization.solver.problem import DayProblem, EligiblePair, RequestProblem
from optimization.solver.solution import DayPlan, PlanStatus, RequestSolution
from scheduling.domain.facts import Snapshot


@dataclass(frozen=True, slots=True)
class SolveSummary:
    """The outcome of a solve that a run records, the same for both models.

    `gap` is relative, 0 for a proven optimum; `moved` is the number of reassigned guides, None for a request.
    """

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
    def of_day(cls, plan: DayPlan, *, staffed: int, unstaffed: int) -> "SolveSummary":
        """Summarize a day's plan; the counts include the departures that were not part of the problem."""
        objective = {"attained": plan.objectives._asdict(), "bounds": plan.bounds._asdict()}
        size = (plan.variables, plan.rows)
        counts = (staffed, unstaffed)
        return cls(plan.status, plan.gap, plan.solve_seconds, *size, *counts, objective, plan.error, len(plan.moved))

    @classmethod
    def of_request(cls, plan: RequestSolution) -> "SolveSummary":
        """Summarize a request's plan; its options are the counted departures."""
        staffed = len([solution for solution in plan.options if solution.guide_ids])
        counts = (staffed, len(plan.options) - staffed)
        gap = 0.0 if plan.status is PlanStatus.PROVEN else 1.0
        return cls(plan.status, gap, plan.solve_seconds, plan.variables, plan.rows, *counts, {}, plan.error)


def start_run(
    day: date,
    *,
    subject: RunDetail.Subject,
    region_ids: Collection[UUID] = (),
    request_id: UUID | None = None,
    run_id: UUID | None = None,
    max_changes: int | None = None,
) -> OptimizationRun:
    """Store a run as RUNNING, visible to observers while it lasts."""
    run = new_run(
        day, subject=subject, region_ids=region_ids, request_id=request_id, run_id=run_id, max_changes=max_changes
    )
    store_rows(new=[run, run.detail])
    return run


def new_run(
    day: date,
    *,
    subject: RunDetail.Subject,
    region_ids: Collection[UUID] = (),
    request_id: UUID | None = None,
    run_id: UUID | None = None,
    max_changes: int | None = None,
) -> OptimizationRun:
    """Return a RUNNING run with its `detail`, both still to be stored."""
    run = OptimizationRun(
        run_id=run_id or uuid4(), schedule_date=day, algorithm=Algorithm.MILP_HIGHS, status=RunStatus.RUNNING
    )
    RunDetail(
        run=run,
        subject=subject,
        region_ids=sorted(str(region_id) for region_id in region_ids),
        request_id=request_id,
        max_changes=max_changes,
    )
    return run


def complete_run(
    run: OptimizationRun,
    solved: SolveSummary,
    *,
    score: float | None,
    inputs: dict[str, Any],
    chosen: date | None = None,
) -> None:
    """Complete the run, in the transaction that stores its plan if it has one.

    `score` is 0 to 100; `chosen` is the date of the plan, where the run started with several to choose from.
    """
    store_rows(changed=ended(run, solved, score=score, inputs=inputs, chosen=chosen))


def ended(
    run: OptimizationRun,
    solved: SolveSummary,
    *,
    score: float | None,
    inputs: dict[str, Any],
    chosen: date | None = None,
) -> list[Changed]:
    """Return the rows of a run that ends as by `complete_run`, for the caller to store."""
    _end(run, solved, score)
    run.schedule_date = chosen or run.schedule_date
    details = _details_of(solved, inputs)
    for name, value in details.items():
        setattr(run.detail, name, value)
    return [
        (run, ("schedule_date", "status", "algorithm", "score", "completed_at", "duration_ms")),
        (run.detail, tuple(details)),
    ]


def record_answered_question(
    day: date, started_at: datetime, solved: SolveSummary, *, score: float, inputs: dict[str, Any]
) -> None:
    """Store the run of a question once it is answered; `score` is 0 to 100.

    Nobody waits for the run of a question, as its client waits for the answer: it is not stored while it lasts.
    """
    run = OptimizationRun(schedule_date=day, started_at=started_at)
    _end(run, solved, score)
    detail = RunDetail(run=run, subject=RunDetail.Subject.QUESTION, **_details_of(solved, inputs))
    store_rows(new=[run, detail])


def record_failed_question(day: date, started_at: datetime, error: str) -> None:
    """Store the run of a question that had no answer."""
    ended_at = timezone.now()
    run = OptimizationRun(
        schedule_date=day,
        algorithm=Algorithm.MILP_HIGHS,
        status=RunStatus.FAILED,
        started_at=started_at,
        completed_at=ended_at,
        duration_ms=_milliseconds(ended_at - started_at),
    )
    store_rows(new=[run, RunDetail(run=run, subject=RunDetail.Subject.QUESTION, error=error)])


def _end(run: OptimizationRun, solved: SolveSummary, score: float | None) -> None:
    run.algorithm = Algorithm.GREEDY if solved.status is PlanStatus.GREEDY else Algorithm.MILP_HIGHS
    run.score = None if score is None else Decimal(str(round(score, 2)))
    run.status, run.completed_at = RunStatus.COMPLETED, timezone.now()
    run.duration_ms = _milliseconds(run.completed_at - run.started_at)


def _details_of(solved: SolveSummary, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a run's details that its end fills."""
    return {
        "proof": solved.status.value,
        "gap": solved.gap,
        "solve_ms": round(solved.solve_seconds * 1000),
        "variables": solved.variables,
        "rows": solved.rows,
        "staffed": solved.staffed,
        "unstaffed": solved.unstaffed,
        "objective": solved.objective,
        "inputs": inputs,
        "error": solved.error,
        "moved": solved.moved,
    }


@transaction.atomic
def fail_run(run: OptimizationRun, error: str, *, unknown: Mapping[str, str] | None = None) -> None:
    """Fail a run that is under way; the previous plan stays.

    `unknown` has the siblings that were silent, if that is why, each with what was asked of it.
    A run that is completed stays completed: an error after the commit of its plan does not make the plan a failure.
    """
    ended_at = timezone.now()
    under_way = OptimizationRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING)
    if under_way.update(
        status=RunStatus.FAILED, completed_at=ended_at, duration_ms=_milliseconds(ended_at - run.started_at)
    ):
        RunDetail.objects.filter(pk=run.pk).update(error=error, inputs={"unknown": dict(unknown)} if unknown else {})


def fail_abandoned_runs(now: datetime) -> int:
    """Fail the runs whose process was killed, and return how many: no task outlives its hard time limit."""
    before = now - timedelta(seconds=settings.TASK_TIME_LIMIT_SECONDS)
    abandoned = OptimizationRun.objects.filter(status=RunStatus.RUNNING, started_at__lt=before)
    for run in abandoned:
        fail_run(run, "its process ended before the run did")
    return len(abandoned)


def _milliseconds(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)


def inputs_of(problem: DayProblem | RequestProblem, snapshot: Snapshot) -> dict[str, Any]:
    """Return the problem's hash, the age of each sibling's facts in seconds, and what is unknown."""
    now = timezone.now()
    age = {sibling.value: round((now - read_at).total_seconds(), 1) for sibling, read_at in snapshot.read_at.items()}
    unknown = {sibling.value: reason for sibling, reason in snapshot.unknown.items()}
    left_out = [
        {"sibling": record.sibling.value, "kind": record.kind.value, "id": str(record.id), "reason": record.reason}
        for record in snapshot.left_out
    ]
    return {"hash": hash_of(problem), "age_seconds": age, "unknown": unknown, "left_out": left_out}


def hash_of(problem: DayProblem | RequestProblem) -> str:
    """Return the SHA-256 of the problem in hexadecimal, the same for equal problems in any process."""
    return hashlib.sha256(orjson.dumps(problem, default=_in_order)).hexdigest()


def _in_order(values: frozenset[UUID] | EligiblePair) -> list[Any]:
    # The order of a set's members depends on the order of their insertion and on the process.
    return sorted(map(str, values)) if isinstance(values, frozenset) else list(values)
