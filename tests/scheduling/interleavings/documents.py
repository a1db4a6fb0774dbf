"""A daily schedule in plain JSON, as the model of these tests holds it. Nothing here is shared with the code
that is tried.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
DECIDED_ON = ("team", "trail_id", "status", "starts_at", "ends_at", "capacity", "location_id")
# How often people were told: kept beside the document, as the row keeps when.
TOLD = "told"


class Refused(Exception):
    """The model says no; `code` is the code of the error that the service has to raise."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def empty() -> Json:
    return {"departures": {}, "guide_adjustments": {}, TOLD: 0}


def copied(document: Json) -> Json:
    return dict(json.loads(json.dumps(document)))


def visible(document: Json) -> Json:
    """A document of the model as it is stored."""
    return {part: value for part, value in document.items() if part != TOLD}


def difference(before: Json, after: Json) -> Json:
    """What changed between two documents, in the form of the history."""
    found: Json = {}
    for part in ("departures", "guide_adjustments"):
        changes = _sides(before[part], after[part])
        for key in changes.keys() & before[part].keys() & after[part].keys():
            changes[key] = {"fields": _sides(before[part][key], after[part][key])}
        put(found, part, changes or None)
    return found


def _sides(before: Json, after: Json) -> Json:
    sides = {"old": before, "new": after}
    return {
        key: {side: values[key] for side, values in sides.items() if key in values}
        for key in before.keys() | after.keys()
        if key not in before or key not in after or before[key] != after[key]
    }


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396, as its pseudocode has it."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def put(departure: Json, name: str, value: Any) -> None:
    """An optional field without a value is absent."""
    if value is None:
        departure.pop(name, None)
    else:
        departure[name] = value


def set_at(document: Json, path: Sequence[str], value: Any) -> Json:
    *parents, name = path
    place = document
    for parent in parents:
        place = place[parent]
    place[name] = value
    return document


def count_participants(departure: Json) -> None:
    departure["participants"] = max(departure.get("catalog_participants", 0), sum(departure["reservations"].values()))


def decided_on(departure: Json | None) -> object:
    return departure and [departure.get(name) for name in DECIDED_ON]


def guides_of(departure: Json) -> list[str]:
    return [member["guide_id"] for member in departure["team"]]


def commitments(document: Json) -> set[tuple[str, str]]:
    """Who is on what, as (guide, departure)."""
    return {
        (guide, key)
        for key, departure in document["departures"].items()
        if departure["status"] != "CANCELLED"
        for guide in guides_of(departure)
    }


def reservations(document: Json) -> dict[str, str]:
    """Who sits where, as departure by reservation."""
    return {
        reservation: key
        for key, departure in document["departures"].items()
        for reservation in departure["reservations"]
    }
