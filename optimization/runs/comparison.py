"""The comparison of two optimization runs: their inputs, outcomes, costs and written changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from novatrek_scheduling.errors import Unknown
from optimization.models import OptimizationRun, RunDetail
from scheduling.domain.difference import join_differences
from scheduling.history.revisions import field_lines
from scheduling.models import ScheduleRevision

LEVELS = ("guests", "kept", "loss")


class UnknownRun(Unknown):
    """There is no such optimization run."""

    code = "UNKNOWN_RUN"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both runs; None where a run does not have it."""

    name: str
    first: Any
    second: Any

    @property
    def differs(self) -> bool:
        """True where the runs have different values."""
        return bool(self.first != self.second)

    @property
    def change(self) -> float | None:
        """The second value minus the first, where both are numbers."""
        if isinstance(self.first, int | float) and isinstance(self.second, int | float):
            return self.second - self.first
        return None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both runs, their figures, and the changes (field, difference) that each wrote to its daily schedule."""

    first: OptimizationRun
    second: OptimizationRun
    rows: tuple[Row, ...]
    written: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]

    @property
    def same_problem(self) -> bool:
        """True where both solved the same problem by its hash: then their plans are equal too, byte for byte."""
        hashes = [row for row in self.rows if row.name == "inputs.hash"]
        return any(row.first is not None and not row.differs for row in hashes)

    def as_json(self) -> dict[str, Any]:
        """Return the comparison for programs; runs with the same figures have the same keys in the same order."""
        return {
            "runs": [str(self.first.pk), str(self.second.pk)],
            "same_problem": self.same_problem,
            "figures": {
                row.name: {"first": row.first, "second": row.second, "differs": row.differs} for row in self.rows
            },
            "written": [dict(lines) for lines in self.written],
        }


def compare_runs(first_id: UUID, second_id: UUID) -> Comparison:
    """Compare two runs, of any dates and subjects. Raises UnknownRun."""
    first, second = _run(first_id), _run(second_id)
    return Comparison(first, second, tuple(_rows(first, second)), (_written_by(first), _written_by(second)))


def _run(run_id: UUID) -> OptimizationRun:
    run = OptimizationRun.objects.select_related("detail").filter(pk=run_id).first()
    if run is None:
        raise UnknownRun(f"There is no optimization run {run_id}.")
    return run


def _rows(first: OptimizationRun, second: OptimizationRun) -> Iterator[Row]:
    first_figures, second_figures = dict(figures_of(first)), dict(figures_of(second))
    for name in first_figures | second_figures:
        yield Row(name, first_figures.get(name), second_figures.get(name))


def figures_of(run: OptimizationRun) -> Iterator[tuple[str, Any]]:
    """Yield the figures of a run by name: its subject, its quality, its cost, then its inputs."""
    detail = getattr(run, "detail", None) or RunDetail()
    yield "schedule_date", run.schedule_date.isoformat()
    yield "subject", detail.subject
    yield "region_ids", ", ".join(detail.region_ids)
    yield "max_changes", detail.max_changes
    yield "status", run.status
    yield "algorithm", run.algorithm
    yield "proof", detail.proof
    yield "gap", detail.gap
    yield "score", None if run.score is None else float(run.score)
    yield "staffed", detail.staffed
    yield "unstaffed", detail.unstaffed
    yield "moved", detail.moved
    yield from _objective(detail.objective)
    yield "duration_ms", run.duration_ms
    yield "solve_ms", detail.solve_ms
    yield "variables", detail.variables
    yield "rows", detail.rows
    yield from _inputs(detail.inputs)
    yield "error", detail.error


def _objective(objective: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, float | None]]:
    for level in LEVELS:
        yield f"objective.{level}", objective.get("attained", {}).get(level)
        yield f"objective.{level}.bound", objective.get("bounds", {}).get(level)


def _inputs(inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "inputs.hash", inputs.get("hash")
    for sibling, seconds in sorted(inputs.get("age_seconds", {}).items()):
        yield f"inputs.age_seconds.{sibling}", seconds
    for sibling, why in sorted(inputs.get("unknown", {}).items()):
        yield f"inputs.unknown.{sibling}", why


def _written_by(run: OptimizationRun) -> tuple[tuple[str, str], ...]:
    """Return the changes of the run to the daily schedule, by field; its revisions are joined to one difference."""
    revisions: Iterable[Any] = ScheduleRevision.objects.filter(run_id=run.pk).order_by("schedule_id", "rev")
    return tuple(field_lines(join_differences([revision.changes for revision in revisions])))
