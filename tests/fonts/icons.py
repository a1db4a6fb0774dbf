"""The icons that pages may show, by their names in the sources.

An icon is a ligature: an element of the class `material-symbols-outlined` with the name of the icon as its text. Names
come from templates, scripts and styles, and from Python, where a name is found among all text constants of those
modules that have to do with icons: a word too many costs a hundred bytes, an icon that is missing is read as a word.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import unfold

CHECKOUT = Path(__file__).parents[2]
THEME = Path(unfold.__file__).parent
KNOWN = frozenset((Path(__file__).parent / "known_icons.txt").read_text().split())
"""Every icon of the theme's font."""

TEMPLATES = (CHECKOUT / "templates", THEME / "templates", THEME / "contrib" / "filters", THEME / "contrib" / "forms")
SCRIPTS = (CHECKOUT / "novatrek_scheduling" / "static" / "console", THEME / "static" / "unfold" / "js" / "app.js")
STYLES = (CHECKOUT / "novatrek_scheduling" / "static" / "console", THEME / "static" / "unfold" / "css" / "styles.css")
APPS = ("novatrek_scheduling", "scheduling", "conflicts", "optimization", "events")

ELEMENT = re.compile(r"material-symbols-outlined[^>]*>(.*?)<", re.DOTALL)
TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
NAME = re.compile(r"[a-z0-9_]{2,}")
QUOTED = re.compile(r"""["']([a-z0-9_]{2,})["']""")
CONTENT = re.compile(r'content:\s*"([a-z0-9_]{2,})"')
ABOUT_ICONS = re.compile(r"icon|\bLook\b")


def names_in_use() -> set[str]:
    """Return the names of all icons that any page may show."""
    return {*_in_templates(), *_in_scripts(), *_in_styles(), *_in_python()}


def _in_templates() -> Iterator[str]:
    """Yield what icons' elements contain, known or not, and the names that are passed on to them."""
    for source in _sources(TEMPLATES, "html"):
        for content in ELEMENT.findall(source):
            yield from NAME.findall(TEMPLATE_TAG.sub(" ", content))
        yield from KNOWN.intersection(QUOTED.findall(source))


def _in_scripts() -> Iterator[str]:
    for source in _sources(SCRIPTS, "js"):
        yield from KNOWN.intersection(QUOTED.findall(source))


def _in_styles() -> Iterator[str]:
    for source in _sources(STYLES, "css"):
        yield from KNOWN.intersection(CONTENT.findall(source))


def _in_python() -> Iterator[str]:
    for source in _sources([CHECKOUT / app for app in APPS], "py"):
        if ABOUT_ICONS.search(source):
            constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
            yield from KNOWN.intersection(value for value in constants if isinstance(value, str))


def _sources(places: Iterable[Path], kind: str) -> Iterator[str]:
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob(f"*.{kind}")):
            yield path.read_text()
