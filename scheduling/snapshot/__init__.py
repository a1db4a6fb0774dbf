"""Snapshots of the siblings' facts, on which every decision is made, and lookups of single facts."""

from scheduling.snapshot.builder import take_day_snapshot, take_facts_snapshot, take_trip_snapshot
from scheduling.snapshot.guide_details import with_availability_notes, with_certificates
from scheduling.snapshot.guides import with_availability_on
from scheduling.snapshot.lookups import (
    InactiveTrip,
    UnknownGuide,
    UnknownTrip,
    look_up_guides,
    look_up_trip,
    with_trips,
)
from scheduling.snapshot.watching import Watch, take_view_snapshot, take_watch_snapshot

__all__ = [
    "InactiveTrip",
    "UnknownGuide",
    "UnknownTrip",
    "Watch",
    "look_up_guides",
    "look_up_trip",
    "take_day_snapshot",
    "take_facts_snapshot",
    "take_trip_snapshot",
    "take_view_snapshot",
    "take_watch_snapshot",
    "with_availability_notes",
    "with_availability_on",
    "with_certificates",
    "with_trips",
]
