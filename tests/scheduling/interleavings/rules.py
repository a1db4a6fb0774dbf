"""The hard rules that this small world can break, once more in plain JSON."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from tests.scheduling.interleavings.documents import Json, Refused, guides_of
from tests.scheduling.interleavings.world import GUESTS_OF_A_GUIDE

OVER = frozenset({"CANCELLED", "COMPLETED"})
TURNAROUND = timedelta(minutes=30)


def refuse_what_newly_breaks_a_rule(before: Json, after: Json) -> None:
    """Raises Refused where a changed departure breaks a hard rule that it did not break before, or breaks it more."""
    old, new = before["departures"], after["departures"]
    for key in (key for key in new if old.get(key) != new[key]):
        known = _broken(before, key)
        for place, (about, excess) in _broken(after, key).items():
            if place not in known or not about <= known[place][0] or excess > known[place][1]:
                raise Refused("HARD_RULE_VIOLATED")


def refuse_what_breaks_a_rule(document: Json, keys: Iterable[str]) -> None:
    """Raises Refused where one of these departures breaks a hard rule, for however long it has."""
    if any(_broken(document, key) for key in keys):
        raise Refused("HARD_RULE_VIOLATED")


def have_notes(document: Json, departure: Json) -> bool:
    """No machine understands a note: a person has to approve."""
    return any(document["guide_adjustments"].get(guide, {}).get("guide_notes") for guide in guides_of(departure))


def digests_of(document: Json, guide: str) -> set[str]:
    """The digests by which the guide's note of the date is known."""
    note = document["guide_adjustments"].get(guide, {}).get("guide_notes")
    return {sha256(note.encode()).hexdigest()[:16]} if note else set()


def _broken(document: Json, key: str) -> dict[tuple[str, str], tuple[set[str], int]]:
    """Broken rules of one departure: by rule and guide, what stands against it and by how much."""
    departure = document["departures"].get(key)
    if departure is None or departure["status"] in OVER or not departure["team"]:
        return {}
    found: dict[tuple[str, str], tuple[set[str], int]] = {}
    excess = departure["participants"] - sum(_may_lead(document, guide) for guide in guides_of(departure))
    if excess > 0:
        found["GROUP_SIZE", ""] = (set(), excess)
    for guide in guides_of(departure):
        entry = document["guide_adjustments"].get(guide, {})
        for name in ("availability_exceptions", "restrictions"):
            if entry.get(name):
                found[name, guide] = (set(), 0)
        clashes = _clashes(document, key, guide)
        if clashes:
            found["OVERLAP", guide] = (clashes, 0)
    return found


def _may_lead(document: Json, guide: str) -> int:
    override = document["guide_adjustments"].get(guide, {}).get("max_group_size")
    return GUESTS_OF_A_GUIDE if override is None else int(override)


def _clashes(document: Json, key: str, guide: str) -> set[str]:
    starts_at, ends_at = _span(document["departures"][key])
    return {
        other
        for other, departure in document["departures"].items()
        if other != key and departure["status"] != "CANCELLED" and guide in guides_of(departure)
        for begins, ends in [_span(departure)]
        if begins < ends_at + TURNAROUND and starts_at - TURNAROUND < ends
    }


def _span(departure: Json) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(departure["starts_at"]), datetime.fromisoformat(departure["ends_at"])
