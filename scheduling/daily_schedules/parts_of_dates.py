"""The part of a date that planning some regions, or one trip, looks at: no other departures are read for it."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Candidates, Trait
from scheduling.domain.facts import Snapshot


class PartOfDate(NamedTuple):
    """Departures to be read of a date, by their ids and by what they are. None: all of the date."""

    departures: Collection[UUID] | None
    candidates: Collection[Candidates] = ()


WHOLE_DATE = PartOfDate(None)


def part_to_plan(snapshot: Snapshot, region_ids: Collection[UUID]) -> PartOfDate:
    """Return the departures of these regions, of their trips and from their base camps, and those that are listed.

    That is all that planning and following the catalog look at, but for the other departures of guides who lead some.
    """
    if snapshot.regions.keys() <= set(region_ids):
        return WHOLE_DATE
    trips = snapshot.trips_in(region_ids)
    listed = [departure for day in snapshot.days for departure in snapshot.listed_of_trips(day, trips)]
    # What the catalog lists under an id of its own may have been made here, under the id of its first time.
    made_here = {departure_id_of(departure.trip_id, departure.day, departure.departure_time) for departure in listed}
    return PartOfDate(
        {departure.id for departure in listed} | made_here,
        [*_of_regions(snapshot, region_ids), Candidates.of(Trait.TRIP, trips)],
    )


def part_of_trip(trip_id: UUID, snapshot: Snapshot) -> PartOfDate:
    """Return the departures of a trip and from the base camps of its snapshot, listed ones and one to be made included.

    That is all that answering for the trip and following the catalog look at, but for handovers between guides.
    """
    listed = [departure for day in snapshot.days for departure in snapshot.listed_of_trips(day, [trip_id])]
    times = {(departure.day, departure.departure_time) for departure in listed}
    times |= {(day, snapshot.usual_times[trip_id]) for day in snapshot.days}
    camps = {location.id for location in snapshot.locations.values()}
    return PartOfDate(
        {departure.id for departure in listed} | {departure_id_of(trip_id, *time) for time in times},
        [Candidates.of(Trait.TRIP, [trip_id]), Candidates.of(Trait.CAMP, camps)],
    )


def part_to_write(snapshot: Snapshot, region_ids: Collection[UUID], departure_ids: Collection[UUID]) -> PartOfDate:
    """Return these departures, and those of these regions and from their base camps, whose camps they share."""
    if snapshot.regions.keys() <= set(region_ids):
        return WHOLE_DATE
    return PartOfDate(departure_ids, _of_regions(snapshot, region_ids))


def _of_regions(snapshot: Snapshot, region_ids: Collection[UUID]) -> list[Candidates]:
    camps = {location.id for region, location in snapshot.locations.items() if region in region_ids}
    return [Candidates.of(Trait.REGION, region_ids), Candidates.of(Trait.CAMP, camps)]
