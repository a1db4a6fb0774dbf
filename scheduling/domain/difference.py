"""Differences between two states of a daily schedule: apply, undo and join them.

The form and the equality are those of the trigger that writes the history (`scheduling/models/difference_sql.py`):
entries of `departures` and `guide_adjustments` by id, each `{"new": …}`, `{"old": …}` or
`{"fields": {name: {"old", "new"}}}`; other keys of the document under `document`; a missing side means that the
value did not, or does not, exist. The functions are pure: they leave their arguments unchanged.
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


def apply_difference(document: Fields, difference: Difference) -> dict[str, Json]:
    """Return `document` after the write that `difference` records."""
    return _replay(document, difference, NEW)


def undo_difference(document: Fields, difference: Difference) -> dict[str, Json]:
    """Return the document before the write that `difference` records; `document` is the state after it."""
    return _replay(document, difference, OLD)


def join_differences(differences: Iterable[Difference]) -> dict[str, Json]:
    """Join the differences of consecutive writes to one, from before the first write to after the last.

    It leaves out what was added and removed again, and values that are back at their first state.
    """
    return reduce(_join, differences, {})


def is_json_equal(first: Json, second: Json) -> bool:
    """Return whether two JSON values are equal as PostgreSQL's jsonb: 1 equals 1.0, neither equals true."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(is_json_equal(value, second[key]) for key, value in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(is_json_equal, first, second))
    return isinstance(first, bool) is isinstance(second, bool) and bool(first == second)


def _replay(document: Fields, difference: Difference, side: str) -> dict[str, Json]:
    result = _with_fields(document, difference.get(DOCUMENT, {}), side)
    for part in ENTRIES:
        if part in difference:
            result[part] = _with_entries(document.get(part, {}), difference[part], side)
    return result


def _with_fields(values: Fields, fields: Fields, side: str) -> dict[str, Json]:
    kept = {name: value for name, value in values.items() if name not in fields}
    return kept | {name: change[side] for name, change in fields.items() if side in change}


def _with_entries(entries: Fields, changes: Fields, side: str) -> dict[str, Json]:
    result = dict(entries)
    for key, change in changes.items():
        if "fields" in change:
            result[key] = _with_fields(result[key], change["fields"], side)
        elif side in change:
            result[key] = change[side]
        else:
            result.pop(key, None)
    return result


def _join(first: Difference, second: Difference) -> dict[str, Json]:
    parts: dict[str, Json] = {
        part: _join_by_name(first.get(part, {}), second.get(part, {}), _join_entries) for part in ENTRIES
    }
    parts[DOCUMENT] = _join_fields(first.get(DOCUMENT, {}), second.get(DOCUMENT, {}))
    published = [difference[PUBLISHED_AT] for difference in (first, second) if PUBLISHED_AT in difference]
    if published:
        parts[PUBLISHED_AT] = _join_values(published[0], published[-1])
    return {part: changes for part, changes in parts.items() if changes}


def _join_by_name(first: Fields, second: Fields, join: Join) -> dict[str, Json]:
    """Keep changes that are on one side only, join those that are on both, and omit what cancels out."""
    changes = {**first, **second}
    for name in first.keys() & second.keys():
        joint = join(first[name], second[name])
        if joint is None:
            del changes[name]
        else:
            changes[name] = joint
    return changes


def _join_fields(first: Fields, second: Fields) -> dict[str, Json]:
    return _join_by_name(first, second, _join_values)


def _join_values(first: Fields, second: Fields) -> dict[str, Json] | None:
    change = {side: source[side] for side, source in ((OLD, first), (NEW, second)) if side in source}
    is_back = len(change) == 0 or (len(change) == len((OLD, NEW)) and is_json_equal(change[OLD], change[NEW]))
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
        if len(sides) == 1 or not is_json_equal(before[name], after[name]):
            changes[name] = sides
    return changes
