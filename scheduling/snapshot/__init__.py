"""The picture of the siblings' facts that every decision is made on, and quick lookups of single ones."""

from scheduling.snapshot.later_days import with_availability_on
from scheduling.snapshot.people import with_availability_notes, with_certificates
from scheduling.snapshot.quick import InactiveTrip, UnknownGuide, UnknownTrip, look_up_guides, look_up_trip
from scheduling.snapshot.taking import take_day_snapshot, take_facts_snapshot, take_trip_snapshot

__all__ = [
    "InactiveTrip",
    "UnknownGuide",
    "UnknownTrip",
    "look_up_guides",
    "look_up_trip",
    "take_day_snapshot",
    "take_facts_snapshot",
    "take_trip_snapshot",
    "with_availability_notes",
    "with_availability_on",
    "with_certificates",
]
