"""svc-trip-catalog: trips, their departures, and the regions. Paging by page number."""

from collections.abc import Callable
from datetime import date
from math import ceil
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

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
from novatrek_scheduling.sandbox.siblings.state import State, command
from novatrek_scheduling.sandbox.world import Entity, World
from novatrek_scheduling.sandbox.world.seeding import identity

NAME = "svc-trip-catalog"
_ACTIVITIES = (
    "HIKING",
    "ROCK_CLIMBING",
    "KAYAKING",
    "RAFTING",
    "CAMPING",
    "MOUNTAIN_BIKING",
    "CANYONEERING",
    "SNOWSHOEING",
    "BACKCOUNTRY_SKIING",
    "WILDLIFE_SAFARI",
)
_DIFFICULTIES = ("BEGINNER", "INTERMEDIATE", "ADVANCED", "EXPERT")
_STATUSES = ("DRAFT", "ACTIVE", "SUSPENDED", "RETIRED")
_SORTS: dict[str, tuple[Callable[[Entity], Any], bool]] = {
    "name_asc": (lambda trip: trip["name"], False),
    "name_desc": (lambda trip: trip["name"], True),
    "price_asc": (lambda trip: trip["base_price"], False),
    "price_desc": (lambda trip: trip["base_price"], True),
    "difficulty_asc": (lambda trip: _DIFFICULTIES.index(trip["difficulty_level"]), False),
    "difficulty_desc": (lambda trip: _DIFFICULTIES.index(trip["difficulty_level"]), True),
    "created_desc": (lambda trip: trip["created_at"], True),
}
_SUMMARY = ("id", "name", "activity_type", "difficulty_level", "region_id", "duration_hours", "base_price", "status")


class NewDeparture(BaseModel):
    """TripScheduleCreateRequest."""

    departure_date: date
    departure_time: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    guide_id: UUID | None = None
    meeting_point: str | None = Field(default=None, max_length=500)
    notes: str | None = Field(default=None, max_length=2000)


def search_trips(state: State, call: Call) -> Reply:
    query = call.query
    trips = state.remembered(("trips", query.without("page", "page_size")), lambda: _selected(state, query))
    return _page(trips, query)


def get_trip(state: State, call: Call) -> Reply:
    return Reply(_trip(state, call))


def get_trip_schedule(state: State, call: Call) -> Reply:
    trip = _trip(state, call)
    departures = _departures(state, trip["id"], call.query)
    if call.query.flag("available_only"):
        departures = [
            departure for departure in departures if departure["status"] == "OPEN" and departure["available_spots"]
        ]
    return _page(departures, call.query)


def add_scheduled_departure(state: State, call: Call) -> Reply:
    trip = _trip(state, call)
    departure = call.body(NewDeparture).model_dump(mode="json", exclude_none=True)
    start = (departure["departure_date"], departure["departure_time"])
    for existing in state.grouped("departures", "trip_id").get(trip["id"], []):
        if (existing["departure_date"], existing["departure_time"]) == start:
            raise Refused(409, "DEPARTURE_EXISTS", f"{trip['name']} already leaves on {start[0]} at {start[1]}.")
    arguments = {"trip_id": trip["id"]} | departure
    path = f"/trips/{trip['id']}/schedule"
    return Reply(state.execute("create_departure", arguments, service=NAME, path=path), 201)


def get_trip_requirements(state: State, call: Call) -> Reply:
    trip = _trip(state, call)
    copied = ("age_minimum", "fitness_level_required", "gear_requirements")
    requirements = {"trip_id": trip["id"], "certifications": trip["required_certifications"]}
    return Reply(requirements | {name: trip[name] for name in copied})


def list_regions(state: State, call: Call) -> Reply:
    country = call.query.text("country")
    if country is not None and len(country) != 2:
        raise Refused(400, "VALIDATION_ERROR", "country must be two letters.", ("country", "must be two letters"))
    has_active_trips = call.query.flag("has_active_trips")
    regions = [
        region
        for region in state.world.regions.values()
        if country in {None, region["country"]} and (region["active_trip_count"] or not has_active_trips)
    ]
    return Reply({"data": regions})


@command("departures")
def create_departure(world: World, arguments: Entity, entry: Entity) -> Entity:
    """Add a departure to the catalog, with all its spots available, and return it."""
    trip = world.trips[arguments["trip_id"]]
    spots = trip["max_participants"]
    departure = {
        "id": identity("created departure", trip["id"], arguments["departure_date"], arguments["departure_time"]),
        "guide_id": None,
        "available_spots": spots,
        "total_spots": spots,
        "status": "OPEN",
        "created_at": entry["at"],
    } | arguments
    world.departures[departure["id"]] = departure
    return departure


def _trip(state: State, call: Call) -> Entity:
    return entity_of(state.world.trips, call.ids["trip_id"], "trip")


def _selected(state: State, query: Query) -> list[Entity]:
    exact = {
        "activity_type": query.one_of("activity_type", _ACTIVITIES),
        "difficulty_level": query.one_of("difficulty", _DIFFICULTIES),
        "region_id": query.identifier("region"),
        "status": query.one_of("status", _STATUSES),
    }
    trips = [trip for trip in state.world.trips.values() if _fits(trip, exact) and _is_affordable(trip, query)]
    if query.day("date_from") or query.day("date_to"):
        running = _trips_between(state, *_range(query))
        trips = [trip for trip in trips if trip["id"] in running]
    key, is_descending = _SORTS[query.one_of("sort", tuple(_SORTS)) or "name_asc"]
    trips.sort(key=lambda trip: trip["id"])
    trips.sort(key=key, reverse=is_descending)
    coming = state.remembered("next departures", lambda: _next_departures(state))
    return [{name: trip[name] for name in _SUMMARY} | {"next_departure": coming.get(trip["id"])} for trip in trips]


def _trips_between(state: State, first: str, last: str) -> set[str]:
    by_day = state.grouped("departures", "departure_date")
    return {departure["trip_id"] for day in by_day if first <= day <= last for departure in by_day[day]}


def _next_departures(state: State) -> dict[str, str]:
    """Return the date of the next departure of each trip that has one."""
    by_day = state.grouped("departures", "departure_date")
    days = sorted((day for day in by_day if day >= state.today.isoformat()), reverse=True)
    return {departure["trip_id"]: day for day in days for departure in by_day[day]}


def _range(query: Query) -> tuple[str, str]:
    return query.day("date_from") or "", query.day("date_to") or "9999"


def _fits(entity: Entity, exact: dict[str, str | None]) -> bool:
    return all(value is None or entity[name] == value for name, value in exact.items())


def _is_affordable(trip: Entity, query: Query) -> bool:
    least, most = query.number("min_price"), query.number("max_price")
    return (least is None or trip["base_price"] >= least) and (most is None or trip["base_price"] <= most)


def _departures(state: State, trip_id: str, query: Query) -> list[Entity]:
    first, last = _range(query)
    all_of_trip = state.grouped("departures", "trip_id").get(trip_id, [])
    within = [departure for departure in all_of_trip if first <= departure["departure_date"] <= last]
    return sorted(
        within, key=lambda departure: (departure["departure_date"], departure["departure_time"], departure["id"])
    )


def _page(entities: list[Entity], query: Query) -> Reply:
    number = query.whole("page", 1, 1)
    size = query.whole("page_size", 25, 1, 100)
    meta = {
        "page": number,
        "page_size": size,
        "total_items": len(entities),
        "total_pages": ceil(len(entities) / size),
    }
    return Reply({"data": entities[(number - 1) * size : number * size], "pagination": meta})


SERVICE = Service(
    NAME,
    (
        Operation("GET", "/trips", search_trips),
        Operation("GET", "/trips/{trip_id}", get_trip),
        Operation("GET", "/trips/{trip_id}/schedule", get_trip_schedule),
        Operation("POST", "/trips/{trip_id}/schedule", add_scheduled_departure),
        Operation("GET", "/trips/{trip_id}/requirements", get_trip_requirements),
        Operation("GET", "/regions", list_regions),
    ),
    ErrorFormat(id_key="trace_id"),
)
