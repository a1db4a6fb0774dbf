"""What is unknown about a departure, so that no machine takes its team: a record left out is not a record gone."""

from collections.abc import Iterator
from uuid import UUID

from scheduling.domain.document import Departure
from scheduling.domain.facts import RecordKind, Snapshot


def unknown_about(departure_id: UUID, departure: Departure, snapshot: Snapshot) -> str | None:
    """Return what the snapshot does not know about the departure or its people, in words for a person, or None.

    Of a departure that nobody leads, and of which nobody was told, only what is sold has to be known.
    """
    return next(_unknown_facts(departure_id, departure, snapshot), None)


def _unknown_facts(departure_id: UUID, departure: Departure, snapshot: Snapshot) -> Iterator[str]:
    if snapshot.lacks(RecordKind.DEPARTURE, departure_id):
        yield "what the catalog sells of it cannot be read"
    announced = departure.published.guide_ids if departure.published else []
    people = departure.guide_ids.union(announced)
    if not people:
        return
    if departure.region_id not in snapshot.regions:
        yield "its region is not known"
    if departure.trip_id not in snapshot.trips:
        yield "its trip is not known"
    if departure.trail_id and snapshot.lacks(RecordKind.TRAIL, departure.trail_id):
        yield "its trail cannot be read"
    if any(snapshot.lacks(RecordKind.GUIDE, guide_id) for guide_id in people):
        yield "a guide of its team cannot be read"
