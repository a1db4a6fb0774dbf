"""Outcomes of optimizing a date and some regions, as plain values: for tables, and across processes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from optimization.candidates.workload import Workload
from optimization.days.planned_day import PlannedDay
from optimization.days.storing import DayOptimization
from optimization.explanations.days import explain_parts, explanation_data, explanation_text, fairness_of
from optimization.solver.solution import Objectives, PlanStatus
from scheduling.domain.document import Departure

# Explaining a whole day of the present size takes about a second.
EXPLANATION_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class PlanExplanation:
    """The explanation of a plan: lines for a terminal, and JSON values by departure."""

    lines: list[str]
    by_departure: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, parts: Sequence[PlannedDay]) -> "PlanExplanation":
        explanations = explain_parts(parts, time_limit_seconds=EXPLANATION_SECONDS)
        return cls(explanation_text(explanations), explanation_data(explanations))


@dataclass(frozen=True, slots=True)
class DateOutcome:
    """A plan of some regions of a date, and the run that made it.

    `is_joined`: another caller's run made it, and was awaited. `moved` is the number of reassigned guides, `score`
    0 to 100. `objectives` and their `bounds` are those of the whole scope, None where the run kept none. `workloads`
    are those of all candidates; `explanation` is None unless requested.
    """

    day: date
    region_ids: frozenset[UUID]
    run_id: UUID
    is_joined: bool
    planned: Mapping[UUID, Departure]
    score: float
    proof: str
    solve_ms: int
    moved: int | None = None
    objectives: Objectives | None = None
    bounds: Objectives | None = None
    workloads: Mapping[UUID, Workload] = field(default_factory=dict)
    explanation: PlanExplanation | None = None

    @classmethod
    def of(cls, optimized: DayOptimization, *, explain: bool = False) -> "DateOutcome":
        """Return the outcome of an optimization; the plan of another caller's run has no explanation."""
        run, parts = optimized.run, optimized.plans
        detail = run.detail
        return cls(
            day=optimized.day,
            region_ids=optimized.region_ids,
            run_id=run.pk,
            is_joined=optimized.is_joined,
            planned=dict(optimized.planned),
            score=optimized.score,
            proof=detail.proof,
            solve_ms=detail.solve_ms,
            moved=detail.moved,
            objectives=_objectives(detail.objective.get("attained")),
            bounds=_objectives(detail.objective.get("bounds")),
            workloads=fairness_of(parts[0]) if parts else {},
            explanation=PlanExplanation.of(parts) if explain and parts else None,
        )


def all_planned(outcomes: Iterable[DateOutcome]) -> dict[UUID, Departure]:
    """Return the departures of several outcomes of a date."""
    return {key: departure for outcome in outcomes for key, departure in outcome.planned.items()}


def totals_of(outcomes: Iterable[DateOutcome]) -> dict[str, Any]:
    """Return the totals of guests and departures and the quality of the plan; runs weigh by their departures."""
    outcomes = list(outcomes)
    planned = all_planned(outcomes).values()
    weight = sum(len(outcome.planned) for outcome in outcomes)
    return {
        "departures": len(planned),
        "unstaffed": sum(not departure.team for departure in planned),
        "guests": sum(departure.participants for departure in planned),
        "guests_served": sum(departure.participants for departure in planned if departure.team),
        "people_moved": sum(outcome.moved or 0 for outcome in outcomes),
        "solve_ms": sum(outcome.solve_ms for outcome in outcomes),
        "proof": _proof({outcome.proof for outcome in outcomes}),
        "score": sum(outcome.score * len(outcome.planned) for outcome in outcomes) / weight if weight else 100.0,
    }


def _objectives(kept: dict[str, int] | None) -> Objectives | None:
    return Objectives(**kept) if kept else None


def _proof(proofs: set[str]) -> str:
    if PlanStatus.GREEDY in proofs:
        return "greedy: the solver gave no plan"
    return "best found, not proven" if PlanStatus.BEST_FOUND in proofs else "proven optimal"
