"""The checker shares no code with what it checks: shared code would have the same faults."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import optimization.verification
from optimization.verification.checks import CHECKS

PACKAGE = Path(optimization.verification.__file__).parent
VALUES = {"scheduling.domain.document", "scheduling.domain.facts", "scheduling.domain.normalization"}


def imported_by(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda module: module.stem)
def test_the_checks_import_nothing_but_values_and_the_standard_library(module: Path) -> None:
    own = {name for name in imported_by(module) if name.startswith("optimization.verification")}
    imported = {name for name in imported_by(module) if name.split(".")[0] not in sys.stdlib_module_names}

    assert imported - own <= VALUES


def test_the_checks_need_no_django_no_solver_and_no_rules() -> None:
    program = "import sys, optimization.verification.checks; print(*sorted(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert "optimization.verification.checks" in loaded
    forbidden = ("django", "celery", "optimization.solver", "optimization.candidates", "scheduling.rules")
    assert [name for name in loaded if name.startswith(forbidden)] == []


def test_no_check_uses_a_predicate_of_the_facts() -> None:
    """The shared rules are made of the predicates of the snapshot's values."""
    predicates = {"works_in", "holds_on", "covers", "overlaps", "touches", "has_started", "span", "is_pinned"}
    sources = [module.read_text() for module in PACKAGE.rglob("*.py")]
    used = {node.attr for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}

    assert used & predicates == set()
    assert CHECKS
