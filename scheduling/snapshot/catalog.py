"""Trips, departures and regions for a snapshot. Without the catalog no decision is possible."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from uuid import UUID

from scheduling.domain.facts import CatalogDeparture, RecordKind, Region, Sibling, Trip
from scheduling.domain.local_time import days_touched
from scheduling.siblings import SiblingFailure, SiblingNotFound, trip_catalog
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.last_good import DEPARTURES, NO_TRAITS, REGIONS, TRIPS, LastGoodAnswers
from scheduling.siblings.parallel import Each, Lookups
from scheduling.siblings.records import Records, SickRecord, lost_limit, refuse_sick_list
from scheduling.snapshot.gaps import Gaps
from scheduling.snapshot.translation import departure_of, region_of, trip_of

CATALOG = Sibling.TRIP_CATALOG
DEFAULT_TIME = "08:00"
"""The departure time, by the region's clocks, of a trip without departures in the catalog."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The catalog's trips and departures in the scope of a snapshot."""

    trips: dict[UUID, Trip] = field(default_factory=dict)
    departures: list[CatalogDeparture] = field(default_factory=list)

    def on(self, day: date, trip_ids: Collection[UUID]) -> "Catalog":
        """Return the part of one date: its departures with their trips, and these trips beside them."""
        departures = [departure for departure in self.departures if departure.day == day]
        of_day = {departure.trip_id for departure in departures}.union(trip_ids)
        return Catalog({key: trip for key, trip in self.trips.items() if key in of_day}, departures)

    def departures_by_day(self, days: Iterable[date]) -> dict[date, tuple[CatalogDeparture, ...]]:
        """Return the departures of each date, earliest first."""
        ordered = sorted(self.departures, key=lambda departure: (departure.departure_time, departure.id))
        return {day: tuple(departure for departure in ordered if departure.day == day) for day in days}

    def usual_times(self) -> dict[UUID, str]:
        """Return the usual departure time of each trip, HH:MM local time: the most frequent, else `DEFAULT_TIME`."""
        by_trip = self._departures_by_trip()
        return {trip_id: _usual_time(by_trip[trip_id]) for trip_id in self.trips}

    def judge_departures(self, answers: LastGoodAnswers, days: Iterable[date]) -> None:
        """Judge the departures of these dates. Raises SiblingFailure (suspicious) where many have vanished.

        One that the catalog lists as cancelled, or on another date, has not.
        """
        listed_ids = {listed.id for listed in self.departures}
        for day in days:
            running = [listed for listed in self.departures if listed.day == day and not listed.is_cancelled]
            known, trips = answers.known(DEPARTURES, day.isoformat()), frozenset(map(str, self.trips))
            answers.judge(
                DEPARTURES,
                {listed.id: frozenset({str(listed.trip_id)}) for listed in running},
                scope=day.isoformat(),
                asked={key for key, trip in known.items() if trip <= trips} | {listed.id for listed in running},
                accounted_for=listed_ids - {listed.id for listed in running},
            )

    def days_touched(self, days: Collection[date], regions: Mapping[UUID, Region]) -> set[date]:
        """Return the dates touched by departures on `days`, at the catalog's times or the usual time of a trip."""
        by_trip = self._departures_by_trip()
        # Most trips begin at the same times and take as long as others.
        times = {
            (day, clock, trip.duration, regions[trip.region_id].timezone)
            for trip_id, trip in self.trips.items()
            if trip.region_id in regions
            for day, clocks in _times_by_day(by_trip[trip_id], days).items()
            for clock in clocks
        }
        return {touched for time in times for touched in days_touched(*time)}

    def _departures_by_trip(self) -> dict[UUID, list[CatalogDeparture]]:
        by_trip: dict[UUID, list[CatalogDeparture]] = {trip_id: [] for trip_id in self.trips}
        for departure in self.departures:
            of_trip = by_trip.get(departure.trip_id)
            if of_trip is not None:
                of_trip.append(departure)
        return by_trip


def _times_by_day(departures: Collection[CatalogDeparture], days: Collection[date]) -> dict[date, set[str]]:
    """Return the times of a trip's departures on each of `days`; on one without any, its usual time."""
    times: dict[date, set[str]] = {day: set() for day in days}
    for departure in departures:
        if departure.day in times:
            times[departure.day].add(departure.departure_time)
    usual = {_usual_time(departures)}
    return {day: clocks or usual for day, clocks in times.items()}


def _usual_time(departures: Iterable[CatalogDeparture]) -> str:
    times = Counter(departure.departure_time for departure in departures)
    return min(times, key=lambda clock: (-times[clock], clock), default=DEFAULT_TIME)


def read_catalog(
    reader: SiblingReader, lookups: Lookups, gaps: Gaps, trip_ids: Collection[UUID], window: tuple[date, date]
) -> Catalog:
    """Read these trips and their departures from the first to the last day of `window`, both included.

    A trip that the catalog does not have is left out; one that breaks the contract is noted in `gaps`. Raises
    SiblingUnavailable, also where so many of either are missing that the answer cannot be believed.
    """
    ordered = sorted(trip_ids)
    trip_catalog.look_up_trips(reader, ordered)
    asked = lookups.each(CATALOG, partial(trip_catalog.read_trip, reader), ordered)
    departing = trip_catalog.departure_lists(reader, lookups, ordered, *window)
    trips = {key: _trip_or_sick(asked, key) for key in ordered}
    sick_trips = [trip for trip in trips.values() if isinstance(trip, SickRecord)]
    _refuse_many_missing([key for key, trip in trips.items() if not isinstance(trip, Trip)], len(trips))
    gaps.leave_out(CATALOG, RecordKind.TRIP, sick_trips)
    listed = [_departures_of(departing, key) for key in ordered]
    departures = [departure for records in listed for departure in records.entries]
    sick = [record for records in listed for record in records.sick]
    refuse_sick_list(CATALOG, "getTripSchedule", sick, len(departures) + len(sick))
    gaps.leave_out(CATALOG, RecordKind.DEPARTURE, sick)
    known = {key: trip for key, trip in trips.items() if isinstance(trip, Trip)}
    of_use = {key: trip.required_certifications for key, trip in known.items() if trip.is_active}
    # A trip that the catalog says it does not sell has not vanished.
    reader.answers.judge(TRIPS, of_use, asked=trips.keys(), accounted_for=known.keys() - of_use.keys())
    return Catalog(trips=known, departures=[departure.translated_by(departure_of) for departure in departures])


def _trip_or_sick(asked: Each[UUID, trip_catalog.TripPayload], trip_id: UUID) -> Trip | SickRecord | None:
    try:
        return asked.of(trip_id).translated_by(trip_of)
    except SiblingNotFound:
        return None
    except SiblingFailure as failure:
        if failure.reason != "off_contract":
            raise
        return SickRecord(trip_id, failure.why)


def _refuse_many_missing(missing: Collection[UUID], total: int) -> None:
    if len(missing) > lost_limit(total):
        why = f"it does not have {len(missing)} of {total} trips, for example {min(missing)}, or off the contract"
        raise SiblingFailure(CATALOG, "getTripById", "suspicious", why)


def _departures_of(
    departing: Each[UUID, Records[trip_catalog.DeparturePayload]], trip_id: UUID
) -> Records[trip_catalog.DeparturePayload]:
    try:
        return departing.of(trip_id)
    except SiblingNotFound:
        return Records([])


async def read_departing_trips(
    reader: SiblingReader, lookups: Lookups, window: tuple[date, date], region_ids: Collection[UUID] | None
) -> frozenset[UUID]:
    """Return the trips that depart in `window`, both days included, in some regions or in all."""
    trips = await trip_catalog.read_trips_between(reader, lookups, *window)
    # A summary that cannot be read still names its trip, whose details decide.
    unreadable = {record.id for record in trips.sick if record.id}
    return frozenset(unreadable | {trip.id for trip in trips.entries if _is_in(region_ids, trip.region_id)})


def _is_in(region_ids: Collection[UUID] | None, region_id: UUID | None) -> bool:
    return region_ids is None or region_id is None or region_id in region_ids


async def read_regions(reader: SiblingReader, gaps: Gaps) -> Mapping[UUID, Region]:
    """Read the regions whose time zones are known, by id; the others are noted in `gaps`. Raises SiblingUnavailable."""
    listed = await trip_catalog.read_regions(reader)
    regions = {payload.id: region_of(payload) for payload in listed.entries}
    without_zone = [SickRecord(key, "timezone: it is unknown") for key, region in regions.items() if region is None]
    sick = [*listed.sick, *without_zone]
    refuse_sick_list(CATALOG, "listRegions", sick, len(listed.entries) + len(listed.sick))
    gaps.leave_out(CATALOG, RecordKind.REGION, sick)
    known = {key: region for key, region in regions.items() if region}
    reader.answers.judge(REGIONS, dict.fromkeys(known, NO_TRAITS))
    return known
