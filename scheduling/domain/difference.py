"""Differences between two states of a daily schedule: applied forward, undone, joined.

The same form that the history's trigger writes (`scheduling/models/difference_sql.py`), and the same idea
of equality: entries of `departures` and `guide_adjustments` by id, each `{"new": …}`, `{"old": …}` or
`{"fields": {name: {"old", "new"}}}`; other keys of the document under `document`; a side that is missing
says that there was, or is, no such thing. Pure functions: what they are given stays as it was.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

Json = Any
Fields = Mapping[str, Json]
Difference = Mapping[str, Json]
Join = Callable[[Fields, Fields], dict[str, Json] | None]

ENTRIES = ("departures", "guide_adjustments")
DOCUMENT = "document"
PUBLISHED_AT = "published_at"
OLD, NEW = "old", "new"


def applied(document: Fields, difference: Difference) -> dict[str, Json]:
    """The document after the write that made `difference` of it."""
    return _moved(document, difference, NEW)


def undone(document: Fields, difference: Difference) -> dict[str, Json]:
    """The document before the write that `difference` led to it."""
    return _moved(document, difference, OLD)


def joined(differences: Iterable[Difference]) -> dict[str, Json]:
    """Differences of writes that follow each other, as the one from before the first to after the last.

    What came and went again, or is as it was, is not in it.
    """
    return reduce(_join, differences, {})


def is_same(first: Json, second: Json) -> bool:
    """Return whether PostgreSQL holds two JSON values for equal: 1 is 1.0, and neither is true."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(is_same(value, second[key]) for key, value in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(is_same, first, second))
    return isinstance(first, bool) is isinstance(second, bool) and bool(first == second)


def _moved(document: Fields, difference: Difference, side: str) -> dict[str, Json]:
    moved = _with_fields(document, difference.get(DOCUMENT, {}), side)
    for part in ENTRIES:
        if part in difference:
            moved[part] = _with_entries(document.get(part, {}), difference[part], side)
    return moved


def _with_fields(values: Fields, fields: Fields, side: str) -> dict[str, Json]:
    kept = {name: value for name, value in values.items() if name not in fields}
    return kept | {name: change[side] for name, change in fields.items() if side in change}


def _with_entries(entries: Fields, changes: Fields, side: str) -> dict[str, Json]:
    moved = dict(entries)
    for key, change in changes.items():
        if "fields" in change:
            moved[key] = _with_fields(moved[key], change["fields"], side)
        elif side in change:
            moved[key] = change[side]
        else:
            moved.pop(key, None)
    return moved


def _join(first: Difference, second: Difference) -> dict[str, Json]:
    parts: dict[str, Json] = {
        part: _joined_by_name(first.get(part, {}), second.get(part, {}), _join_entries) for part in ENTRIES
    }
    parts[DOCUMENT] = _join_fields(first.get(DOCUMENT, {}), second.get(DOCUMENT, {}))
    published = [difference[PUBLISHED_AT] for difference in (first, second) if PUBLISHED_AT in difference]
    if published:
        parts[PUBLISHED_AT] = _join_values(published[0], published[-1])
    return {part: changes for part, changes in parts.items() if changes}


def _joined_by_name(first: Fields, second: Fields, join: Join) -> dict[str, Json]:
    """Changes of one only as they are, those of both joined; what is none any more is left out."""
    changes = {**first, **second}
    for name in first.keys() & second.keys():
        together = join(first[name], second[name])
        if together is None:
            del changes[name]
        else:
            changes[name] = together
    return changes


def _join_fields(first: Fields, second: Fields) -> dict[str, Json]:
    return _joined_by_name(first, second, _join_values)


def _join_values(first: Fields, second: Fields) -> dict[str, Json] | None:
    change = {side: source[side] for side, source in ((OLD, first), (NEW, second)) if side in source}
    is_back = len(change) == 0 or (len(change) == len((OLD, NEW)) and is_same(change[OLD], change[NEW]))
    return None if is_back else change


def _join_entries(first: Fields, second: Fields) -> dict[str, Json] | None:
    if "fields" in first and "fields" in second:
        return _as_entry(_join_fields(first["fields"], second["fields"]))
    if "fields" in first:
        return {OLD: _with_fields(second[OLD], first["fields"], OLD)}
    if "fields" in second:
        return {NEW: _with_fields(first[NEW], second["fields"], NEW)}
    if OLD in first:
        return _as_entry(_fields_between(first[OLD], second[NEW]))
    return None


def _as_entry(fields: Fields) -> dict[str, Json] | None:
    return {"fields": fields} if fields else None


def _fields_between(before: Fields, after: Fields) -> dict[str, Json]:
    changes = {}
    for name in before.keys() | after.keys():
        sides = {side: values[name] for side, values in ((OLD, before), (NEW, after)) if name in values}
        if len(sides) == 1 or not is_same(before[name], after[name]):
            changes[name] = sides
    return changes
