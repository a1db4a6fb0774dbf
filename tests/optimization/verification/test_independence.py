"""Two who copy from each other make the same mistakes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import optimization.verification
from optimization.verification import CHECKS

PACKAGE = Path(optimization.verification.__file__).parent
JUDGED_BY = (
    "optimization.verification",
    "scheduling.domain.document",
    "scheduling.domain.facts",
    "scheduling.domain.normalization",
)


def imported_by(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_the_checks_know_nothing_of_the_model_the_candidates_and_the_shared_rules() -> None:
    ours = {
        name
        for module in PACKAGE.glob("*.py")
        for name in imported_by(module)
        if name.startswith(("optimization", "scheduling", "conflicts", "events"))
    }

    assert {name for name in ours if not name.startswith(JUDGED_BY)} == set()


def test_no_check_asks_a_fact_for_its_own_judgement() -> None:
    """The methods of the snapshot's values are what the shared rules are made of."""
    judgements = {"works_in", "holds_on", "covers", "overlaps", "touches", "has_started", "span", "is_pinned"}
    sources = [module.read_text() for module in PACKAGE.glob("*.py")]
    used = {node.attr for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}

    assert used & judgements == set()
    assert CHECKS
