"""svc-location-services: base camps and their capacities."""

from datetime import timedelta
from functools import partial
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from scheduling.domain.facts import Sibling
from scheduling.domain.limits import MAX_NAME
from scheduling.siblings.calls import Call, CoordinatesPayload, Payload, if_readable
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.paging import PAGE_SIZE
from scheduling.siblings.records import RecordList, Records

LOCATIONS_LIFETIME = timedelta(minutes=5)
MAX_CAPACITY = 100_000
"""People at one location; a larger figure is a fault."""

_call = partial(Call, Sibling.LOCATION_SERVICES)
_resource_call = partial(_call, names_resource=True)


class OpeningHoursPayload(Payload):
    day_of_week: Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    open_time: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    close_time: str = Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")


class LocationPayload(Payload):
    id: UUID
    region_id: UUID
    name: str = Field(default="", max_length=MAX_NAME)
    type: Literal["BASE_CAMP", "OUTPOST", "RENTAL_SHOP", "RANGER_STATION", "HEADQUARTERS"]
    coordinates: Annotated[CoordinatesPayload | None, if_readable] = None
    operating_hours: Annotated[list[OpeningHoursPayload] | None, if_readable] = None


class CapacityPayload(Payload):
    location_id: UUID
    max_capacity: int = Field(ge=0, le=MAX_CAPACITY)
    current_occupancy: int


class _LocationPage(RecordList):
    RECORDS: ClassVar[str] = "locations"

    locations: list[LocationPayload]
    next_page_token: str | None = None


async def read_base_camps(reader: SiblingReader, region_id: UUID) -> Records[LocationPayload]:
    """Read all base camps of a region. Raises SiblingUnavailable."""
    params: dict[str, str | int] = {"type": "BASE_CAMP", "region_id": f"{region_id}", "page_size": PAGE_SIZE}
    page = await _page(reader, params)
    locations, sick = list(page.locations), list(page.sick)
    while page.next_page_token and page.locations:
        page = await _page(reader, params | {"page_token": page.next_page_token})
        locations += page.locations
        sick += page.sick
    return Records(locations, tuple(sick))


async def read_capacity(reader: SiblingReader, location_id: UUID) -> CapacityPayload:
    """Read the capacity of a location, in people. Raises SiblingNotFound for an unknown location."""
    call = _resource_call("getLocationCapacity", f"/locations/{location_id}/capacity")
    return await reader.get(call, CapacityPayload, lifetime=LOCATIONS_LIFETIME)


async def _page(reader: SiblingReader, params: dict[str, str | int]) -> _LocationPage:
    call = _call("listLocations", "/locations", params=params)
    return await reader.get(call, _LocationPage, lifetime=LOCATIONS_LIFETIME)
