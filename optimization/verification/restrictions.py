"""Checks of the restrictions that guides entered; one that cannot be interpreted forbids every departure."""

from collections.abc import Iterator
from datetime import date
from math import isfinite
from typing import Any

from optimization.verification.evidence import Breach, CheckedDeparture
from scheduling.domain.facts import Difficulty, Guide
from scheduling.domain.normalization import normalise_activity

BY_DIFFICULTY = list(Difficulty)
UNLIMITED = 1_000_000


def check_restrictions(checked: CheckedDeparture) -> Iterator[Breach]:
    """Yield the restrictions of the team that forbid the departure; what they say is in no message."""
    for guide in checked.guides:
        for entry in checked.entered_by(guide.id):
            for restriction in entry.restrictions:
                if _is_broken(restriction, checked):
                    yield Breach(f"{guide.name} is restricted", guide.id, about=str(restriction))


def _is_broken(restriction: Any, checked: CheckedDeparture) -> bool:
    try:
        return _is_in_force(restriction, checked.evidence.day) and _forbids(
            restriction["kind"], restriction.get("value"), checked
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return True


def group_limits(checked: CheckedDeparture, guide: Guide) -> Iterator[int]:
    """Yield the largest group, in guests, of each restriction in force."""
    for entry in checked.entered_by(guide.id):
        for restriction in entry.restrictions:
            if isinstance(restriction, dict) and restriction.get("kind") == "MAX_GROUP_SIZE":
                yield _group_limit(restriction, checked.evidence.day)


def _group_limit(restriction: dict[str, Any], day: date) -> int:
    try:
        return int(restriction["value"]) if _is_in_force(restriction, day) else UNLIMITED
    except (KeyError, TypeError, ValueError):
        return 0


def _is_in_force(restriction: dict[str, Any], day: date) -> bool:
    until = restriction.get("until")
    return until is None or day <= date.fromisoformat(str(until)[:10])


def _forbids(kind: str, value: Any, checked: CheckedDeparture) -> bool:
    match kind:
        case "NO_ACTIVITY":
            return normalise_activity(value) == normalise_activity(checked.departure.activity_type)
        case "MAX_ALTITUDE_M":
            return not _is_low_enough(float(value), checked)
        case "MAX_DIFFICULTY":
            return not _is_easy_enough(Difficulty(str(value).upper()), checked)
        case "MAX_GROUP_SIZE":
            return int(value) < 1
    return True


def _is_low_enough(allowed: float, checked: CheckedDeparture) -> bool:
    gain = checked.trail.elevation_gain_m if checked.trail else None
    return gain is not None and isfinite(allowed) and gain <= allowed


def _is_easy_enough(allowed: Difficulty, checked: CheckedDeparture) -> bool:
    difficulties = [checked.trip and checked.trip.difficulty, checked.trail and checked.trail.difficulty]
    ranks = [BY_DIFFICULTY.index(difficulty) for difficulty in difficulties if difficulty]
    return bool(ranks) and max(ranks) <= BY_DIFFICULTY.index(allowed)
