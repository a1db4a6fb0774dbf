"""svc-location-services: the base camps that departures leave from, and how many people they hold."""

from datetime import timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import Reader
from scheduling.siblings.paging import PAGE_SIZE

LOCATIONS_LIFETIME = timedelta(minutes=5)

_call = partial(Call, Sibling.LOCATION_SERVICES)
_about = partial(_call, names_one=True)


class LocationPayload(Payload):
    id: UUID
    region_id: UUID
    name: str = ""
    type: Literal["BASE_CAMP", "OUTPOST", "RENTAL_SHOP", "RANGER_STATION", "HEADQUARTERS"]


class CapacityPayload(Payload):
    location_id: UUID
    max_capacity: int
    current_occupancy: int


class _LocationPage(Payload):
    locations: list[LocationPayload]
    next_page_token: str | None = None


def read_base_camps(reader: Reader, region_id: UUID) -> list[LocationPayload]:
    """Every base camp of a region."""
    params: dict[str, str | int] = {"type": "BASE_CAMP", "region_id": f"{region_id}", "page_size": PAGE_SIZE}
    page = _page(reader, params)
    locations = list(page.locations)
    while page.next_page_token and page.locations:
        page = _page(reader, params | {"page_token": page.next_page_token})
        locations += page.locations
    return locations


def read_capacity(reader: Reader, location_id: UUID) -> CapacityPayload:
    """Raises SiblingNotFound for a location that nobody knows."""
    call = _about("getLocationCapacity", f"/locations/{location_id}/capacity")
    return reader.get(call, CapacityPayload, lifetime=LOCATIONS_LIFETIME)


def _page(reader: Reader, params: dict[str, str | int]) -> _LocationPage:
    return reader.get(_call("listLocations", "/locations", params=params), _LocationPage, lifetime=LOCATIONS_LIFETIME)
