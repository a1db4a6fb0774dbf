"""The closure of a trail, as svc-trail-management is told of it."""

from typing import Any

from conflicts.models import ScheduleConflict
from scheduling.domain.facts import Sibling

LONGEST_REASON = 500


def closures_of(conflict: ScheduleConflict) -> list[dict[str, Any]]:
    """The messages that have the conflict's trails closed on its date."""
    day = conflict.day.isoformat()
    body = {
        "reason": str(conflict.details["description"])[:LONGEST_REASON],
        "start_date": day,
        "end_date": day,
        "severity": "SEVERE",
        "alternate_route_available": False,
    }
    return [
        {
            "destination": Sibling.TRAIL_MANAGEMENT,
            "key": trail_id,
            "kind": "trail.closed",
            "payload": {"trail_id": trail_id, "body": body},
        }
        for trail_id in conflict.details.get("affected_trail_ids", [])
    ]
