"""Trips, departures and regions for a snapshot. Without the catalog there is no decision."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from uuid import UUID

from scheduling.domain.facts import CatalogDeparture, Region, Sibling, Trip
from scheduling.domain.local_time import days_touched
from scheduling.siblings import SiblingNotFound, trip_catalog
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.translation import departure_of, region_of, trip_of

CATALOG = Sibling.TRIP_CATALOG
DEFAULT_TIME = "08:00"


@dataclass(frozen=True, slots=True)
class Catalog:
    """The catalog's data of some trips."""

    trips: dict[UUID, Trip] = field(default_factory=dict)
    departures: list[CatalogDeparture] = field(default_factory=list)

    def on(self, days: Iterable[date]) -> dict[date, tuple[CatalogDeparture, ...]]:
        """The departures of each date, earliest first."""
        ordered = sorted(self.departures, key=lambda departure: (departure.departure_time, departure.id))
        return {day: tuple(departure for departure in ordered if departure.day == day) for day in days}

    def usual_times(self) -> dict[UUID, str]:
        """The usual departure time of each trip by its region's clocks: the most frequent one, else 08:00."""
        return {trip_id: self._usual_time(trip_id) for trip_id in self.trips}

    def days_touched(self, days: Collection[date], regions: Mapping[UUID, Region]) -> set[date]:
        """The dates on which somebody may be out who departs on one of `days`, at a time that we know of."""
        return {
            touched
            for trip_id, trip in self.trips.items()
            if trip.region_id in regions
            for day in days
            for clock in self._times(trip_id, day)
            for touched in days_touched(day, clock, trip.duration, regions[trip.region_id].timezone)
        }

    def _times(self, trip_id: UUID, day: date) -> set[str]:
        on_the_day = {d.departure_time for d in self.departures if (d.trip_id, d.day) == (trip_id, day)}
        return on_the_day or {self._usual_time(trip_id)}

    def _usual_time(self, trip_id: UUID) -> str:
        times = Counter(d.departure_time for d in self.departures if d.trip_id == trip_id)
        return min(times, key=lambda clock: (-times[clock], clock), default=DEFAULT_TIME)


def read_catalog(
    reader: SiblingReader, lookups: Lookups, trip_ids: Collection[UUID], window: tuple[date, date]
) -> Catalog:
    """These trips and their departures from the first to the last day of `window`.

    A trip that the catalog doesn't have is left out. Raises SiblingUnavailable.
    """
    trips = {key: lookups.call(CATALOG, trip_catalog.read_trip, reader, key) for key in sorted(trip_ids)}
    departures = [lookups.branch(_departures, reader, lookups, key, window) for key in trips]
    return Catalog(
        trips={key: trip for key, future in trips.items() if (trip := _known(lookups, future))},
        departures=[departure for branch in departures for departure in lookups.branch_result(CATALOG, branch)],
    )


def _known(lookups: Lookups, future: Future[trip_catalog.TripPayload]) -> Trip | None:
    try:
        return trip_of(lookups.result(CATALOG, future))
    except SiblingNotFound:
        return None


def _departures(
    reader: SiblingReader, lookups: Lookups, trip_id: UUID, window: tuple[date, date]
) -> list[CatalogDeparture]:
    try:
        return list(map(departure_of, trip_catalog.read_departures(reader, lookups, trip_id, *window)))
    except SiblingNotFound:
        return []


def read_departing_trips(
    reader: SiblingReader, lookups: Lookups, window: tuple[date, date], region_ids: Collection[UUID] | None
) -> frozenset[UUID]:
    """The trips that depart in `window`, of some regions or of all."""
    trips = trip_catalog.read_trips_between(reader, lookups, *window)
    is_wanted = partial(_is_in, region_ids)
    return frozenset(trip.id for trip in trips if is_wanted(trip.region_id))


def _is_in(region_ids: Collection[UUID] | None, region_id: UUID | None) -> bool:
    return region_ids is None or region_id is None or region_id in region_ids


def read_regions(reader: SiblingReader) -> Mapping[UUID, Region]:
    """The regions whose clocks are known."""
    regions = map(region_of, trip_catalog.read_regions(reader))
    return {region.id: region for region in regions if region}
