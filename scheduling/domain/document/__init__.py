"""The document of a daily schedule as typed objects, parsed from JSON and serialised back to it.

Departures and adjustments are keyed by id, so that writers of different departures touch different keys. Unknown
keys survive a round trip; an absent optional value stays absent. Every field has
one owner (docs/decisions/0004-ownership-by-field.md).
"""

from scheduling.domain.document.adjustments import AvailabilityException, GuideAdjustments
from scheduling.domain.document.announcement import Announcement
from scheduling.domain.document.candidates import Candidates, Searchable, Trait, is_spelled_by_us
from scheduling.domain.document.departure import NO_TRAIL, Departure, DepartureStatus, UnassignedReason
from scheduling.domain.document.lazy_parts import LazyParts
from scheduling.domain.document.schedule_document import (
    UNREADABLE_ENTRY,
    ScheduleDocument,
    changed_departures,
    differs_beside_departures,
    edits_between,
    published_among,
)
from scheduling.domain.document.team import AssignmentStatus, Role, TeamMember

__all__ = [
    "NO_TRAIL",
    "UNREADABLE_ENTRY",
    "Announcement",
    "AssignmentStatus",
    "AvailabilityException",
    "Candidates",
    "Departure",
    "DepartureStatus",
    "GuideAdjustments",
    "LazyParts",
    "Role",
    "ScheduleDocument",
    "Searchable",
    "TeamMember",
    "Trait",
    "UnassignedReason",
    "changed_departures",
    "differs_beside_departures",
    "edits_between",
    "is_spelled_by_us",
    "published_among",
]
