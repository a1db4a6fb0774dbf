"""What a catalog of translations has, and what templates ask it for."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.template import engines
from django.template.base import Node, Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parents[3]
SPANISH = ROOT / "locale" / "es" / "LC_MESSAGES"
ENTRY = re.compile(
    r'(?P<flags>(?:^#.*\n)*)^msgid (?P<id>(?:".*"\n)+)(?:msgid_plural (?P<plural>(?:".*"\n)+))?'
    r'(?P<texts>(?:msgstr.*\n(?:".*"\n)*)+)',
    re.MULTILINE,
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|</?\w+[^>]*>")
MARKS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"})
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


def entries_of(source: str) -> dict[str, list[str]]:
    """Return the translations of a catalog in source form, by what is translated; those to be checked do not count."""
    found = {}
    for entry in ENTRY.finditer(source.replace("\r", "") + "\n"):
        texts = [_text(part) for part in re.split(r"^msgstr(?:\[\d\])? ", entry["texts"], flags=re.MULTILINE)[1:]]
        if all(texts) and "fuzzy" not in entry["flags"]:
            found[_text(entry["id"])] = texts
    return found


def waiting_in(source: str) -> list[str]:
    """Return what has no translation in a catalog, or one that nobody has checked."""
    every = {_text(entry["id"]) for entry in ENTRY.finditer(source + "\n")}
    return sorted(every - entries_of(source).keys())


def pairs_in(source: str) -> Iterator[tuple[str, str]]:
    """Yield each text with its translation, and that of many with theirs."""
    translated = entries_of(source)
    for entry in ENTRY.finditer(source + "\n"):
        english = [_text(entry["id"]), *([_text(entry["plural"])] if entry["plural"] else [])]
        yield from zip(english, translated.get(english[0], english), strict=True)


def placeholders_of(text: str) -> Counter[str]:
    """Return the values that a text has room for, and its tags: a translation has the same ones."""
    return Counter(PLACEHOLDER.findall(text))


def texts_of_code(path: Path) -> set[str]:
    """Return what a module marks for translation."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    marks = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MARKS and call.args)
    return {mark.args[0].value for mark in marks if isinstance(mark.args[0], ast.Constant)}  # type: ignore[misc]


def texts_of_template(path: str) -> set[str]:
    """Return what a template has translated."""
    template: Template = engines["django"].get_template(path).template  # type: ignore[attr-defined]
    return set(_texts(template))


def _texts(template: Template) -> Iterator[str]:
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield str(node.filter_expression.var.literal)
        elif isinstance(node, BlockTranslateNode):
            yield node.render_token_list(node.singular)[0]


def _text(literals: str) -> str:
    return "".join(ast.literal_eval(literal) for literal in LITERAL.findall(literals))
