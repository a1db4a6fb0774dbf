"""Rows shown in the console."""

from datetime import date
from typing import Any
from uuid import UUID

from optimization.models import Algorithm, OptimizationRun, RunDetail, RunStatus
from optimization.solver.solution import PlanStatus
from tests.factories import REGION_ID, TOMORROW

OBJECTIVE = {
    "attained": {"guests": 114, "kept": 18, "loss": 6800},
    "bounds": {"guests": 115, "kept": 18, "loss": 6700},
}
INPUTS = {
    "hash": "eebc8242ef1d",
    "age_seconds": {"svc-weather": 2.25, "svc-trip-catalog": -0.3},
    "unknown": {"svc-location-services": "did not answer in time"},
}


def a_run(day: date = TOMORROW, *, status: RunStatus = RunStatus.COMPLETED, **detail: Any) -> OptimizationRun:
    """A run over a date with a plan that is not proven optimal."""
    run = OptimizationRun.objects.create(
        schedule_date=day, algorithm=Algorithm.MILP_HIGHS, status=status, score="88.82", duration_ms=12_345
    )
    fields: dict[str, Any] = {
        "subject": RunDetail.Subject.DAY,
        "region_ids": [str(REGION_ID)],
        "proof": PlanStatus.BEST_FOUND,
        "gap": 0.023,
        "staffed": 18,
        "unstaffed": 2,
        "objective": OBJECTIVE,
        "inputs": INPUTS,
    }
    RunDetail.objects.create(run=run, **fields | detail)
    return run


def a_run_of_request(request_id: UUID) -> OptimizationRun:
    return a_run(subject=RunDetail.Subject.REQUEST, request_id=request_id, region_ids=[], objective={})
