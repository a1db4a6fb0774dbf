"""Parts of a stored document that cannot be read: set aside as they are, so that they stop nothing and are not lost."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

Parts = dict[str, dict[str, Any]]
"""Raw parts by their kind ("departures", "guide_adjustments") and key."""

_KINDS = ("departures", "guide_adjustments")


def unreadable_parts(stored: Mapping[str, Any], error: ValidationError) -> Parts:
    """Return the departures and entries of `stored` that `error` is about. Raises it where it is about more."""
    parts: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        match problem["loc"]:
            case (kind, key, *_) if kind in _KINDS and key in stored[kind]:
                parts[str(kind)][str(key)] = stored[kind][key]
            case _:
                raise error
    return dict(parts)


def without_parts(stored: Mapping[str, Any], parts: Parts) -> dict[str, Any]:
    """Return the document without these parts."""
    return dict(stored) | {
        kind: {key: value for key, value in stored[kind].items() if key not in parts[kind]} for kind in parts
    }
