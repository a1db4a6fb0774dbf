"""svc-location-services: base camps and other locations. Paging by an opaque token."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date

from novatrek_scheduling.sandbox.siblings.service import (
    Call,
    ErrorFormat,
    Operation,
    Query,
    Refused,
    Reply,
    Service,
    entity_of,
)
from novatrek_scheduling.sandbox.siblings.state import State
from novatrek_scheduling.sandbox.world import Entity
from novatrek_scheduling.sandbox.world.regions import capacity_on

_TYPES = ("BASE_CAMP", "OUTPOST", "RENTAL_SHOP", "RANGER_STATION", "HEADQUARTERS")
_STATUSES = ("ACTIVE", "SEASONAL_CLOSURE", "MAINTENANCE", "DECOMMISSIONED")


def list_locations(state: State, call: Call) -> Reply:
    query = call.query
    key = ("locations", query.without("page_size", "page_token"))
    return _page(state.remembered(key, lambda: _selected(state, query)), query)


def get_location(state: State, call: Call) -> Reply:
    return Reply(entity_of(state.world.locations, call.ids["location_id"], "location"))


def get_location_capacity(state: State, call: Call) -> Reply:
    capacity = entity_of(state.world.capacities, call.ids["location_id"], "location")
    day = call.query.day("date")
    return Reply(capacity_on(capacity, date.fromisoformat(day)) if day else capacity)


def _selected(state: State, query: Query) -> list[Entity]:
    exact = {
        "type": query.one_of("type", _TYPES),
        "region_id": query.identifier("region_id"),
        "status": query.one_of("status", _STATUSES),
    }
    locations = [
        location
        for location in state.world.locations.values()
        if all(value is None or location[name] == value for name, value in exact.items())
    ]
    return sorted(locations, key=lambda location: location["id"])


def _page(locations: list[Entity], query: Query) -> Reply:
    size, start = query.whole("page_size", 25, 1, 100), _start(query)
    page: Entity = {"locations": locations[start : start + size], "total_count": len(locations)}
    if start + size < len(locations):
        page["next_page_token"] = urlsafe_b64encode(str(start + size).encode()).decode()
    return Reply(page)


def _start(query: Query) -> int:
    token = query.text("page_token")
    if not token:
        return 0
    try:
        return max(0, int(urlsafe_b64decode(token)))
    except (ValueError, binascii.Error) as error:
        problem = ("page_token", "was not issued by this service")
        raise Refused(400, "INVALID_PAGE_TOKEN", "The page token was not issued by this service.", problem) from error


SERVICE = Service(
    "svc-location-services",
    (
        Operation("GET", "/locations", list_locations),
        Operation("GET", "/locations/{location_id}", get_location),
        Operation("GET", "/locations/{location_id}/capacity", get_location_capacity),
    ),
    ErrorFormat(code_key="code"),
)
