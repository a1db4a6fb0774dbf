"""The restrictions that guides entered: what they may not do.

What a restriction says is about somebody's health as often as not. An exclusion names what it is about and no more:
its message is stored, sent and shown to people who may not read the entry.
"""

import math
from datetime import date
from typing import Any

from scheduling.domain.facts import Difficulty
from scheduling.domain.normalization import normalise_activity
from scheduling.rules.inputs import Demand
from scheduling.rules.violations import Exclusion, Rule

_ABOUT = {
    "MAX_ALTITUDE_M": "altitude",
    "NO_ACTIVITY": "activity",
    "MAX_DIFFICULTY": "difficulty",
    "MAX_GROUP_SIZE": "group size",
    "NO_GUIDING": "guiding",
}
UNREADABLE = "restricted: an entry that cannot be read"


def restriction_violation(restriction: Any, demand: Demand) -> Exclusion | None:
    """Return the exclusion of its guide from `demand` by `restriction`, or None.

    A restriction is `{"kind", "value", "until"}`, with a kind of `_ABOUT`. An unreadable one excludes from everything.
    """
    try:
        forbids = _forbids(restriction, demand)
    except (AttributeError, TypeError, ValueError):
        forbids = True
    if not forbids:
        return None
    trail = demand.trail
    # A steeper trail is a violation of its own: what was let through before is not this one.
    about = f"{restriction} {trail.elevation_gain_m if trail else None} {trail.difficulty if trail else None}"
    return Exclusion(Rule.RESTRICTION, restriction_in_short(restriction), frozenset({about}))


def restriction_in_short(restriction: Any) -> str:
    """Return what a restriction is about: "restricted: altitude"."""
    kind = restriction.get("kind") if isinstance(restriction, dict) else None
    return f"restricted: {_ABOUT[kind]}" if isinstance(kind, str) and kind in _ABOUT else UNREADABLE


def group_limit(restriction: Any, day: date) -> int | None:
    """Return the number of guests that `restriction` lets its guide lead on `day`; None where it does not limit it."""
    if not isinstance(restriction, dict) or restriction.get("kind") != "MAX_GROUP_SIZE":
        return None
    try:
        return None if _is_over(restriction, day) else int(restriction.get("value", 0))
    except (TypeError, ValueError):
        return 0


def _forbids(restriction: dict[str, Any], demand: Demand) -> bool:
    """Return whether `restriction` excludes from `demand`. Raises AttributeError, TypeError and ValueError."""
    if _is_over(restriction, demand.day):
        return False
    value = restriction.get("value")
    match restriction.get("kind"):
        case "MAX_ALTITUDE_M":
            return _is_too_high(value, demand)
        case "NO_ACTIVITY":
            return _is_of_activity(value, demand)
        case "MAX_DIFFICULTY":
            return _is_too_difficult(value, demand)
        case "MAX_GROUP_SIZE":
            return int(value) < 1  # type: ignore[arg-type]
    return True


def _is_over(restriction: dict[str, Any], day: date) -> bool:
    """Return whether `restriction` ended before `day`. Raises ValueError for an end that is not a date."""
    until = restriction.get("until")
    return until is not None and date.fromisoformat(str(until)[:10]) < day


def _is_too_high(value: Any, demand: Demand) -> bool:
    allowed = float(value)
    if not math.isfinite(allowed):
        raise ValueError(value)
    gain = demand.trail.elevation_gain_m if demand.trail else None
    return gain is None or gain > allowed


def _is_of_activity(value: Any, demand: Demand) -> bool:
    if not isinstance(value, str):
        raise TypeError(value)
    return normalise_activity(value) == demand.activity


def _is_too_difficult(value: Any, demand: Demand) -> bool:
    allowed = Difficulty(str(value).upper())
    levels = [demand.trip.difficulty if demand.trip else None, demand.trail.difficulty if demand.trail else None]
    ranks = [level.rank for level in levels if level is not None]
    return not ranks or max(ranks) > allowed.rank
