"""What variables are called: by what they are in the domain."""

import ast
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
SAY_NOTHING = frozenset({"each", "one", "told", "wanted"})
"""Names that are no nouns, and fit anything."""


def variables_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield whatever a module gives a name to that is no module, class or function, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store(), lineno=line) | ast.arg(arg=name, lineno=line):
                yield line, name
            case ast.ExceptHandler(name=str(name), lineno=line) | ast.MatchAs(name=str(name), lineno=line):
                yield line, name
            case ast.MatchStar(name=str(name), lineno=line):
                yield line, name


def test_no_variable_has_a_name_that_says_nothing() -> None:
    folders = [folder for folder in CHECKOUT.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    modules = [*CHECKOUT.glob("*.py"), *(module for folder in folders for module in folder.rglob("*.py"))]

    found = [
        f"{module.relative_to(CHECKOUT)}:{line}: {name}"
        for module in modules
        for line, name in variables_of(ast.parse(module.read_text()))
        if name in SAY_NOTHING
    ]

    assert modules
    assert found == []


def test_variables_are_seen_wherever_they_get_their_names() -> None:
    source = """
def function(a, *, b=0):
    for c in (d := []):
        pass
    with open() as e, open() as (f, [g]):
        h: int
    try:
        return [i for i, _ in a]
    except OSError as j:
        match j:
            case {"key": [k, *l]} as m:
                pass
"""

    names = {name for _, name in variables_of(ast.parse(source))}

    assert names == {*"abcdefghijklm", "_"}
