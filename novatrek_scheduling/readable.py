"""Values of messages and rows as people read them: words for codes, names for ids, lists for JSON."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.formats import date_format, localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Words = Callable[[str], str]
Names = Mapping[str, str]

LONGEST = 100
"""The items of a list that are shown; the whole is below, as it was sent."""

LONGEST_SIGN = 3
"""Letters of a unit or a language: "USD" stays as it is, "RAFTING" is a code."""

_CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


class Tones(dict[str, str]):
    """The tones of words that a column shows, for the theme: found by the word in the language of the page."""

    def __contains__(self, word: object) -> bool:
        return any(_(known) == word for known in self)

    def __getitem__(self, word: str) -> str:
        return next(tone for known, tone in self.items() if _(known) == word)


def spelled(code: str) -> str:
    """Return a code as words: "trail closed" for "trail.closed", "TRAIL_CLOSED" or "trail_closed"."""
    return re.sub(r"[._-]+", " ", code).strip().lower()


def as_sent(text: str) -> SafeString:
    """Return the text folded away, for who compares it with what others have."""
    summary = _("As it was sent")
    return format_html('<details class="c-as-sent"><summary>{}</summary><pre>{}</pre></details>', summary, text)


def for_support(ids: Iterable[tuple[str, object]]) -> SafeString:
    """Return ids with their words folded away: what logs and other services know a row by."""
    return format_html(
        '<details class="c-as-sent"><summary>{}</summary>{}</details>',
        _("Ids, for support"),
        _definitions((name, str(value)) for name, value in ids if value),
    )


def readable(value: Any, *, words: Words = spelled) -> SafeString:
    """Return a value of a message as a list of definitions. Ids have the names that stand beside them, or are left out.

    `words` turns a code into words.
    """
    return format_html("{}", _Reader(names_within(value), words).shown(value) or _("nothing"))


def in_line(value: Any, *, words: Words = spelled) -> str:
    """Return a value of a message in one line: "kind: no activity, value: rafting"."""
    reader = _Reader(names_within(value), words)
    if isinstance(value, dict):
        parts = ((reader.name(field, content), in_line(content, words=words)) for field, content in value.items())
        return ", ".join(f"{name}: {text}" for name, text in parts if text)
    if isinstance(value, list):
        return "; ".join(filter(None, (in_line(item, words=words) for item in value)))
    return str(reader.shown(value))


def names_within(value: Any) -> dict[str, str]:
    """Return the names of ids that stand beside them: `guide_id` beside `guide_name`, `id` beside `name`."""
    found: dict[str, str] = {}
    for fields in _mappings(value):
        for field, content in fields.items():
            name = fields.get(f"{field.removesuffix('id')}name")
            if field.endswith("id") and isinstance(content, str) and isinstance(name, str):
                found[content] = name
    return found


class _Reader:
    def __init__(self, names: Names, words: Words) -> None:
        self.names = names
        self.words = words

    def shown(self, value: Any) -> SafeString | str:
        if isinstance(value, dict):
            return self._fields(value)
        if isinstance(value, list):
            return self._items(value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return "" if value is None else str(localize(value))

    def _fields(self, fields: Mapping[str, Any]) -> SafeString | str:
        rows = ((self.name(field, content), self.shown(content)) for field, content in fields.items())
        return _definitions((name, text) for name, text in rows if text)

    def name(self, field: str, content: Any) -> str:
        if _is_id(field):
            return self.names.get(field) or _("entry")
        is_named = _is_id(content) or (isinstance(content, list) and content and all(map(_is_id, content)))
        words = spelled(re.sub(r"_?ids?$", "", field)) if is_named else spelled(field)
        return str(_(words or "id"))

    def _items(self, items: list[Any]) -> SafeString | str:
        texts = [text for text in map(self.shown, items[:LONGEST]) if text]
        if not texts:
            return str(len(items)) if items else ""
        if not any(isinstance(item, dict | list) for item in items):
            return ", ".join(texts) + self._further(items)
        shown = format_html_join("", "<li>{}</li>", ((text,) for text in texts))
        return format_html('<ul class="c-values">{}</ul>{}', shown, self._further(items))

    def _further(self, items: list[Any]) -> str:
        further = len(items) - LONGEST
        return ngettext(", and %d more", ", and %d more", further) % further if further > 0 else ""

    def _text(self, value: str) -> str:
        if _is_id(value):
            return self.names.get(value, "")
        if _CODE.fullmatch(value) or (value.isupper() and value.isalpha() and len(value) > LONGEST_SIGN):
            return str(_(self.words(value)))
        if _MOMENT.match(value):
            return _moment(value)
        return value


def _definitions(rows: Iterable[tuple[str, str]]) -> SafeString | str:
    lines = format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows)
    return format_html('<dl class="c-values">{}</dl>', lines) if lines else ""


def _moment(value: str) -> str:
    try:
        return date_format(datetime.fromisoformat(value), "DATETIME_FORMAT")
    except ValueError:
        return value


def _is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == len(str(UUID(value)))
    except ValueError:
        return False


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _mappings(inner)


def written(value: Any) -> str:
    """Return a value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)
