"""Every text of a template is marked, so that another language can have it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
# Marked texts, what the engine puts in, and the block in which a page names its CSS classes.
NOT_TEXT = re.compile(
    r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}"
    r"|{%\s*block bodyclass\s*%}.*?{%\s*endblock\s*%}"
    r"|{#.*?#}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
WORD = re.compile(r"[^\W\d_]{2}")
SHOWN_ATTRIBUTES = frozenset({"title", "aria-label", "placeholder", "alt"})
WITHOUT_WORDS = frozenset({"script", "style", "kbd"})
WITHOUT_END = frozenset({"input", "br", "link", "meta", "hr", "img"})
NAMES = frozenset({"NovaTrek Scheduling", "| NovaTrek Scheduling"})
OF_THE_API = frozenset({"api/redoc.html"})
"""Pages of the API's documentation, which is in English."""


class BareTexts(HTMLParser):
    """What a template shows as it stands: texts outside of tags of the engine, and attributes that are read."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.within: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.feed(NOT_TEXT.sub("", source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES:
                self._see(value or "")
        if tag not in WITHOUT_END:
            is_icon = "material-symbols-outlined" in (dict(attrs).get("class") or "")
            self.within.append((tag, is_icon or tag in WITHOUT_WORDS))

    def handle_endtag(self, tag: str) -> None:
        while self.within and self.within.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(is_wordless for _tag, is_wordless in self.within):
            self._see(data)

    def _see(self, text: str) -> None:
        words = " ".join(text.split())
        if WORD.search(words) and words not in NAMES:
            self.found.append(words)


def templates() -> list[str]:
    found = (path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
    return sorted(set(found) - OF_THE_API)


@pytest.mark.parametrize("template", templates())
def test_every_text_of_a_template_is_marked(template: str) -> None:
    assert BareTexts((TEMPLATES / template).read_text(encoding="utf-8")).found == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Open</p>",
        "{% if day %}<p>{{ count }} departures</p>{% endif %}",
        '<button aria-label="Close"></button>',
        "{% translate 'Open' %} now",
    ],
)
def test_a_text_that_is_not_marked_is_found(source: str) -> None:
    assert len(BareTexts(source).found) == 1


@pytest.mark.parametrize(
    "source",
    [
        "<p>{% blocktranslate %}{{ count }} departures{% endblocktranslate %}</p>",
        '<span class="material-symbols-outlined" aria-hidden="true">close</span>',
        "<kbd>Enter</kbd> {{ guests }} / {{ capacity }} %",
    ],
)
def test_what_is_marked_or_no_word_is_not(source: str) -> None:
    assert BareTexts(source).found == []


PAGES = [
    "novatrek_scheduling/console",
    "scheduling/admin",
    "conflicts/admin",
    "optimization/admin",
    "events/admin.py",
    "events/admin_filters.py",
]
NAME_OF_A_DAY_OR_MONTH = re.compile(r"%[aAbB]\b")


def python_of(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


@pytest.mark.parametrize("place", PAGES)
def test_names_of_days_and_months_on_pages_are_those_of_the_language(place: str) -> None:
    """Python's own formats know English ones alone; `date_format` knows those of the language."""
    modules = python_of(TEMPLATES.parent / place)

    assert modules
    assert [str(module) for module in modules if NAME_OF_A_DAY_OR_MONTH.search(module.read_text())] == []
