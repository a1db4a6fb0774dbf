"""What came of optimizing a date and some regions, as plain values: for tables, and across processes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from optimization.candidates.workload import Workload
from optimization.days.planned_day import PlannedDay
from optimization.days.services import Optimized
from optimization.explanations.days import explain_parts, explanation_data, explanation_text, fairness_of
from optimization.models import RunDetail
from optimization.solver.solution import PlanStatus
from scheduling.domain.document import Departure

# A day of today's size takes about a second to explain in full.
EXPLANATION_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Explained:
    """Why every team is what it is: lines for a terminal, and the same by departure for programs."""

    lines: list[str]
    by_departure: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, parts: Sequence[PlannedDay]) -> "Explained":
        told = explain_parts(parts, time_limit_seconds=EXPLANATION_SECONDS)
        return cls(explanation_text(told), explanation_data(told))


@dataclass(frozen=True, slots=True)
class DateOutcome:
    """A plan of some regions of a date, and how it came about.

    `is_joined`: somebody else's run did it, and was waited for. `moved` is how many people go elsewhere than
    before, `score` 0 to 100. `workloads` has the hours of every guide who could lead something; `explained`
    the explanation in lines and by departure, where it was asked for.
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
    workloads: Mapping[UUID, Workload] = field(default_factory=dict)
    explained: Explained | None = None

    @classmethod
    def of(cls, optimized: Optimized, *, explain: bool = False) -> "DateOutcome":
        """What came of it; a plan that another run made has nothing to be explained by."""
        run, parts = optimized.run, optimized.parts
        detail = RunDetail.objects.get(pk=run.pk)
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
            workloads=fairness_of(parts[0]) if parts else {},
            explained=Explained.of(parts) if explain and parts else None,
        )


def all_planned(outcomes: Iterable[DateOutcome]) -> dict[UUID, Departure]:
    """The departures of several outcomes of a date."""
    return {key: departure for outcome in outcomes for key, departure in outcome.planned.items()}


def totals_of(outcomes: Iterable[DateOutcome]) -> dict[str, Any]:
    """Guests, departures and how well the plan is known to be; the score weighs runs by their departures."""
    told = list(outcomes)
    planned = all_planned(told).values()
    weight = sum(len(outcome.planned) for outcome in told)
    return {
        "departures": len(planned),
        "unstaffed": sum(not one.team for one in planned),
        "guests": sum(one.participants for one in planned),
        "guests_served": sum(one.participants for one in planned if one.team),
        "people_moved": sum(outcome.moved or 0 for outcome in told),
        "solve_ms": sum(outcome.solve_ms for outcome in told),
        "proof": _proof({outcome.proof for outcome in told}),
        "score": sum(outcome.score * len(outcome.planned) for outcome in told) / weight if weight else 100.0,
    }


def _proof(proofs: set[str]) -> str:
    if PlanStatus.GREEDY in proofs:
        return "greedy: the solver gave no plan"
    return "best found, not proven" if PlanStatus.BEST_FOUND in proofs else "proven optimal"
