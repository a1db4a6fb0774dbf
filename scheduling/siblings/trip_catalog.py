"""svc-trip-catalog: trips, their departures, and regions."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.domain.limits import MAX_AGE, MAX_GUESTS, MAX_NAME
from scheduling.siblings.calls import Call, CoordinatesPayload, Payload, if_readable
from scheduling.siblings.client import SiblingReader, send
from scheduling.siblings.paging import PAGE_SIZE, completeness_of, read_all_pages, read_lists
from scheduling.siblings.parallel import Each, Lookups
from scheduling.siblings.records import RecordList, Records

TRIP_LIFETIME = timedelta(minutes=10)
REGIONS_LIFETIME = timedelta(minutes=10)

Name = Annotated[str, Field(max_length=MAX_NAME)]

_call = partial(Call, Sibling.TRIP_CATALOG)
_resource_call = partial(_call, names_resource=True)


class TripPayload(Payload):
    id: UUID
    name: Name
    activity_type: Name
    difficulty_level: Literal["BEGINNER", "INTERMEDIATE", "ADVANCED", "EXPERT"]
    region_id: UUID
    duration_hours: float = Field(ge=0.5, le=720)
    min_participants: int = Field(ge=1, le=MAX_GUESTS)
    max_participants: int = Field(ge=1, le=MAX_GUESTS)
    status: Literal["DRAFT", "ACTIVE", "SUSPENDED", "RETIRED"]
    required_certifications: list[Name] | None = None
    age_minimum: int = Field(default=18, ge=0, le=MAX_AGE)


class TripSummaryPayload(Payload):
    id: UUID
    region_id: UUID | None = None


class DeparturePayload(Payload):
    id: UUID
    trip_id: UUID
    departure_date: date
    departure_time: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    available_spots: int = Field(ge=0, le=MAX_GUESTS)
    total_spots: int | None = Field(default=None, ge=1, le=MAX_GUESTS)
    status: Literal["OPEN", "FULL", "CANCELLED", "COMPLETED"]


class RegionPayload(Payload):
    id: UUID
    name: Name
    timezone: Name | None = None
    weather_station_id: Name | None = None
    coordinates: Annotated[CoordinatesPayload | None, if_readable] = None


class _Pagination(Payload):
    total_items: int | None = None


class _TripPage(RecordList):
    RECORDS: ClassVar[str] = "data"

    data: list[TripSummaryPayload]
    pagination: _Pagination = _Pagination()

    @property
    def entries(self) -> list[TripSummaryPayload]:
        return self.data

    @property
    def total(self) -> int | None:
        return self.pagination.total_items


class _DeparturePage(RecordList):
    RECORDS: ClassVar[str] = "data"

    data: list[DeparturePayload]
    pagination: _Pagination = _Pagination()

    @property
    def entries(self) -> list[DeparturePayload]:
        return self.data

    @property
    def total(self) -> int | None:
        return self.pagination.total_items


class _Regions(RecordList):
    RECORDS: ClassVar[str] = "data"

    data: list[RegionPayload]


async def read_trip(reader: SiblingReader, trip_id: UUID) -> TripPayload:
    """Read one trip. Raises SiblingNotFound for a trip that the catalog does not have."""
    return await reader.get(_trip_call(trip_id), TripPayload, lifetime=TRIP_LIFETIME)


def look_up_trips(reader: SiblingReader, trip_ids: Iterable[UUID]) -> None:
    """Look up at once what the cache has of these trips, before they are read."""
    reader.look_up(map(_trip_call, trip_ids), TRIP_LIFETIME)


def cached_trip(reader: SiblingReader, trip_id: UUID) -> TripPayload | None:
    """Return one trip from the cache, where it is only once it was judged and believed, or None."""
    return reader.get_cached(_trip_call(trip_id), TripPayload, TRIP_LIFETIME)


async def read_regions(reader: SiblingReader) -> Records[RegionPayload]:
    """Read all regions. Raises SiblingUnavailable."""
    regions = await reader.get(_call("listRegions", "/regions"), _Regions, lifetime=REGIONS_LIFETIME)
    return Records(regions.data, regions.sick)


async def read_trips_between(
    reader: SiblingReader, lookups: Lookups, first: date, last: date
) -> Records[TripSummaryPayload]:
    """Read the trips with a departure from `first` to `last`, both included, whatever their status."""
    read = partial(_trip_page, reader, {"date_from": f"{first}", "date_to": f"{last}"})
    return await read_all_pages(lookups, Sibling.TRIP_CATALOG, "searchTrips", read)


async def read_departures(
    reader: SiblingReader, lookups: Lookups, trip_id: UUID, first: date, last: date
) -> Records[DeparturePayload]:
    """Read a trip's departures from `first` to `last`, both included; never cached, because seats are sold."""
    read = partial(_departure_page, reader, trip_id, {"date_from": f"{first}", "date_to": f"{last}"})
    return await read_all_pages(lookups, Sibling.TRIP_CATALOG, "getTripSchedule", read)


def departure_lists(
    reader: SiblingReader, lookups: Lookups, trip_ids: Collection[UUID], first: date, last: date
) -> Each[UUID, Records[DeparturePayload]]:
    """Start to read what `read_departures` reads, of many trips."""
    params = {"date_from": f"{first}", "date_to": f"{last}"}

    async def read(trip_id: UUID, index: int) -> _DeparturePage:
        return await _departure_page(reader, trip_id, params, index)

    return read_lists(lookups, Sibling.TRIP_CATALOG, "getTripSchedule", read, trip_ids)


def add_departure(trip_id: UUID, body: Mapping[str, Any], *, key: str, deadline: Deadline) -> DeparturePayload:
    """Add a departure to the catalog. Raises SiblingRefusal (409: it has one at that time) and SiblingUnavailable."""
    call = _resource_call("addScheduledDeparture", f"/trips/{trip_id}/schedule", body=body, key=key)
    return send(call, DeparturePayload, deadline)


def _trip_call(trip_id: UUID) -> Call:
    return _resource_call("getTripById", f"/trips/{trip_id}")


async def _trip_page(reader: SiblingReader, params: Mapping[str, str], index: int) -> _TripPage:
    call = _call("searchTrips", "/trips", params=_page(params, index))
    return await reader.get(call, _TripPage, check=completeness_of(call, index))


async def _departure_page(
    reader: SiblingReader, trip_id: UUID, params: Mapping[str, str], index: int
) -> _DeparturePage:
    call = _resource_call("getTripSchedule", f"/trips/{trip_id}/schedule", params=_page(params, index))
    return await reader.get(call, _DeparturePage, check=completeness_of(call, index))


def _page(params: Mapping[str, str], index: int) -> dict[str, str | int]:
    return {**params, "page": index + 1, "page_size": PAGE_SIZE}
