"""What guides said they may not do. Whatever cannot be understood forbids everything."""

from collections.abc import Iterator
from datetime import date
from math import isfinite
from typing import Any

from optimization.verification.evidence import Judged
from scheduling.domain.facts import Difficulty, Guide
from scheduling.domain.normalization import normalise_activity

HARDER = list(Difficulty)


def restriction(judged: Judged, guide: Guide) -> Iterator[str]:
    for entered in judged.entered_by(guide.id):
        for told in entered.restrictions:
            try:
                forbids = _is_in_force(told, judged.evidence.day) and _forbids(told["kind"], told.get("value"), judged)
            except (AttributeError, KeyError, TypeError, ValueError):
                forbids = True
            if forbids:
                yield f"is restricted: {told}"


def group_limits(judged: Judged, guide: Guide) -> Iterator[int]:
    """How many guests each restriction in force still allows."""
    for entered in judged.entered_by(guide.id):
        for told in entered.restrictions:
            if isinstance(told, dict) and told.get("kind") == "MAX_GROUP_SIZE":
                yield _group_limit(told, judged.evidence.day)


def _group_limit(told: dict[str, Any], day: date) -> int:
    try:
        return int(told["value"]) if _is_in_force(told, day) else 1_000_000
    except (KeyError, TypeError, ValueError):
        return 0


def _is_in_force(told: dict[str, Any], day: date) -> bool:
    until = told.get("until")
    return until is None or day <= date.fromisoformat(str(until)[:10])


def _forbids(kind: str, value: Any, judged: Judged) -> bool:
    match kind:
        case "NO_ACTIVITY":
            return normalise_activity(value) == normalise_activity(judged.departure.activity_type)
        case "MAX_ALTITUDE_M":
            return not _is_low_enough(float(value), judged)
        case "MAX_DIFFICULTY":
            return not _is_easy_enough(Difficulty(str(value).upper()), judged)
        case "MAX_GROUP_SIZE":
            return int(value) < 1
    return True


def _is_low_enough(allowed: float, judged: Judged) -> bool:
    climbs = judged.trail.elevation_gain_m if judged.trail else None
    return climbs is not None and isfinite(allowed) and climbs <= allowed


def _is_easy_enough(allowed: Difficulty, judged: Judged) -> bool:
    told = [judged.trip and judged.trip.difficulty, judged.trail and judged.trail.difficulty]
    known = [HARDER.index(one) for one in told if one]
    return bool(known) and max(known) <= HARDER.index(allowed)
