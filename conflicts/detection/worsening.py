"""Whether facts are worse than those for which a risk was accepted."""

from collections.abc import Mapping
from typing import Any

from conflicts.detection.causes import Cause
from conflicts.detection.guests import are_among

PEOPLE = frozenset({Cause.DEPARTURE_CAPACITY, Cause.TRAIL_GROUP_SIZE, Cause.TEAM_GROUP_SIZE, Cause.LOCATION_CAPACITY})


def is_covered(cause: Cause, evidence: Mapping[str, Any], accepted: Mapping[str, Any]) -> bool:
    """Return whether an acceptance covers the evidence: the same as accepted, or fewer people for as many places.

    Other evidence has no order: whatever differs from what was accepted is for a person to judge.
    """
    if cause is Cause.GUESTS_WITHOUT_PLACE:
        return are_among(evidence, accepted)
    if cause in PEOPLE and {"people", "allowed"} <= accepted.keys():
        is_elsewhere = evidence.get("location_id") != accepted.get("location_id")
        return not is_elsewhere and bool(
            evidence["people"] <= accepted["people"] and evidence["allowed"] >= accepted["allowed"]
        )
    return False
