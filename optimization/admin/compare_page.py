"""The page that compares two optimization runs."""

from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _

from novatrek_scheduling.readable import spelled
from optimization.runs.comparison import Comparison, Row
from scheduling.admin.region_names import region_list
from scheduling.domain.words import in_words


def compare_context(comparison: Comparison) -> dict[str, Any]:
    """Return the context of the template."""
    runs = (comparison.first, comparison.second)
    return {
        "title": _("Comparison of two runs"),
        "runs": runs,
        "same_problem": comparison.same_problem,
        "rows": [_row(row) for row in comparison.rows if not (row.first in ("", None) and row.second in ("", None))],
        "changes": [{"run": run, "lines": lines} for run, lines in zip(runs, comparison.written, strict=True)],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": ", ".join(_field(part) for part in row.name.split(".")),
        "values": [_text(row.name, value) for value in (row.first, row.second)],
        "difference": "" if row.change in (None, 0) else f"{row.change:+g}",
        "differs": row.differs,
    }


def _field(name: str) -> str:
    """Names of services stand as they are."""
    return name if name.startswith("svc-") else _(spelled(name.removesuffix("_ids")))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "region_ids":
        return region_list(value.split(", ")) if value else ""
    if name in {"proof", "status", "subject", "algorithm"}:
        return _(in_words(str(value))) if value else ""
    return str(localize(value))
