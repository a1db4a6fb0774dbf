"""The documents name modules and pages that exist, so that a move of a file is a change of its documents too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted({ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")})
TOP = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))

CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# `scheduling/rules/guides.py`, `optimization/solver/`: below a folder of the repository, and nothing but a path.
MODULE = re.compile(rf"`((?:{'|'.join(TOP)})/[\w./-]*)`")
# `new_violations` in `scheduling/rules/departures.py`, or with the path in parentheses: a name that the module has.
NAME = re.compile(rf"`(\w+)(?:\(…?\))?`\s(?:in |of )?\(?`((?:{'|'.join(TOP)})/[\w./-]*\.py)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def text_of(document: Path) -> str:
    return CODE_BLOCK.sub("", document.read_text())


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_module_that_is_named_exists(document: Path) -> None:
    named = MODULE.findall(text_of(document))

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_name_is_in_the_module_that_is_named_with_it(document: Path) -> None:
    named = NAME.findall(text_of(document))

    assert [(name, path) for name, path in named if not re.search(rf"\b{name}\b", (ROOT / path).read_text())] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = LINK.findall(text_of(document))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_no_document_holds_both_sides_of_a_merge() -> None:
    marker = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)

    assert [name_of(document) for document in DOCUMENTS if marker.search(document.read_text())] == []


def test_paths_and_names_are_found_at_all() -> None:
    architecture = text_of(ROOT / "docs" / "architecture.md")

    assert len(MODULE.findall(architecture)) > 50
    assert len(NAME.findall(architecture)) > 20


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = LINK.findall(text_of(folder / "README.md"))

    assert sorted(index) == sorted(page.name for page in folder.glob("0*.md"))


def test_every_registration_of_an_app_is_in_the_table_of_who_is_called_when() -> None:
    registered = {name for app in ROOT.glob("*/apps.py") for name in registrations_in(app)}
    table = (ROOT / "docs" / "architecture.md").read_text()

    assert registered
    assert {name for name in registered if f"`{name}`" not in table} == set()


def registrations_in(module: Path) -> Iterator[str]:
    """The functions that a module hands to a function or a method named register…"""
    for call in [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call) and node.args]:
        if ast.unparse(call.func).rpartition(".")[2].startswith("register"):
            yield ast.unparse(call.args[-1]).rpartition(".")[2]
