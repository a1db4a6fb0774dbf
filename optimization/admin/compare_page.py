"""The page that lays two optimization runs side by side."""

from typing import Any

from optimization.runs.comparison import Comparison, Row
from scheduling.admin.region_names import region_list

PER_SECOND = 1000


def compare_context(comparison: Comparison) -> dict[str, Any]:
    """What the template prints."""
    runs = (comparison.first, comparison.second)
    return {
        "title": "Two runs side by side",
        "runs": runs,
        "same_problem": comparison.same_problem,
        "rows": [_shown(row) for row in comparison.rows if not (row.first in ("", None) and row.second in ("", None))],
        "written": [{"run": run, "lines": lines} for run, lines in zip(runs, comparison.written, strict=True)],
    }


def _shown(row: Row) -> dict[str, Any]:
    return {
        "name": row.name.replace("_", " ").replace(".", ", "),
        "values": [_text(row.name, value) for value in (row.first, row.second)],
        "difference": "" if row.change in (None, 0) else f"{row.change:+g}",
        "differs": row.differs,
    }


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "region_ids":
        return region_list(value.split(", ")) if value else ""
    return f"{value:g}" if isinstance(value, float) else str(value)
