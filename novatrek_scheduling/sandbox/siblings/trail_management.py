"""svc-trail-management: trails, their closures and condition reports. Paging by limit and offset."""

from datetime import date
from typing import Literal
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
from novatrek_scheduling.sandbox.world.trails import is_active

NAME = "svc-trail-management"
_DIFFICULTIES = ("EASY", "MODERATE", "DIFFICULT", "EXPERT", "EXTREME")
_STATUSES = ("OPEN", "PARTIALLY_CLOSED", "CLOSED", "SEASONAL_CLOSURE")
_SORTS = ("name", "distance_km", "elevation_gain_m", "difficulty")
_ACTIVITIES = (
    "HIKING",
    "TRAIL_RUNNING",
    "MOUNTAIN_BIKING",
    "ROCK_CLIMBING",
    "KAYAKING",
    "SNOWSHOEING",
    "CROSS_COUNTRY_SKIING",
)


class NewClosure(BaseModel):
    """CreateClosureRequest."""

    reason: str = Field(max_length=500)
    start_date: date
    end_date: date | None = None
    severity: Literal["MINOR", "MODERATE", "SEVERE", "CRITICAL"]
    affected_section: str | None = None
    alternate_route_available: bool = False
    weather_alert_id: UUID | None = None


def search_trails(state: State, call: Call) -> Reply:
    query = call.query
    return _page(state.remembered(("trails", query.without("offset", "limit")), lambda: _selected(state, query)), query)


def get_trail(state: State, call: Call) -> Reply:
    return Reply(_trail(state, call))


def get_trail_closures(state: State, call: Call) -> Reply:
    trail = _trail(state, call)
    earliest = "" if call.query.flag("include_past") else state.today.isoformat()
    closures = [closure for closure in _closures(state, trail["id"]) if closure.get("end_date", "9999") >= earliest]
    return Reply({"closures": closures, "total_count": len(closures)})


def create_trail_closure(state: State, call: Call) -> Reply:
    trail = _trail(state, call)
    closure = call.body(NewClosure)
    if closure.end_date and closure.end_date < closure.start_date:
        raise Refused(400, "VALIDATION_ERROR", "The closure ends before it starts.", ("end_date", "is too early"))
    arguments = {"trail_id": trail["id"]} | closure.model_dump(mode="json", exclude_none=True)
    path = f"/trails/{trail['id']}/closures"
    return Reply(state.execute("close_trail", arguments, service=NAME, path=path), 201)


def get_trail_current_conditions(state: State, call: Call) -> Reply:
    trail = _trail(state, call)
    active = [closure for closure in _closures(state, trail["id"]) if closure["is_active"]]
    here = state.grouped("alerts", "region_id").get(trail["region_id"], [])
    alerts = [alert for alert in here if _concerns(alert, trail, state.today)]
    live = {"trail_status": trail["status"], "active_closures": active, "active_weather_alerts": len(alerts)}
    return Reply(live | state.world.conditions[trail["id"]])


@command("closures")
def close_trail(world: World, arguments: Entity, entry: Entity) -> Entity:
    """Record a closure, and return it."""
    closure = {
        "id": entry["id"],
        "created_at": entry["at"],
        "created_by": "svc-scheduling-orchestrator",
        "is_active": is_active(arguments, world.today),
    } | arguments
    world.closures[closure["id"]] = closure
    return closure


def _selected(state: State, query: Query) -> list[Entity]:
    exact = {
        "difficulty": query.one_of("difficulty", _DIFFICULTIES),
        "status": query.one_of("status", _STATUSES),
    }
    region_id, activity = query.identifier("region_id"), query.one_of("activity_type", _ACTIVITIES)
    here = state.grouped("trails", "region_id").get(region_id, []) if region_id else state.world.trails.values()
    trails = [
        trail
        for trail in here
        if all(value is None or trail[name] == value for name, value in exact.items())
        and (activity is None or activity in trail["activity_types"])
        and _matches_distance(trail, query)
    ]
    sort = query.one_of("sort_by", _SORTS) or "name"
    return sorted(trails, key=lambda trail: (_sort_key(trail, sort), trail["id"]))


def _trail(state: State, call: Call) -> Entity:
    return entity_of(state.world.trails, call.ids["trail_id"], "trail")


def _closures(state: State, trail_id: str) -> list[Entity]:
    closures = state.grouped("closures", "trail_id").get(trail_id, [])
    return sorted(closures, key=lambda closure: (closure["start_date"], closure["id"]))


def _concerns(alert: Entity, trail: Entity, today: date) -> bool:
    is_affected = trail["id"] in (alert["affected_trail_ids"] or [trail["id"]])
    first, last = alert["effective_from"][:10], alert["effective_until"][:10]
    return bool(is_affected and alert["is_active"] and first <= today.isoformat() <= last)


def _matches_distance(trail: Entity, query: Query) -> bool:
    least, most = query.number("min_distance_km"), query.number("max_distance_km")
    return (least is None or trail["distance_km"] >= least) and (most is None or trail["distance_km"] <= most)


def _sort_key(trail: Entity, sort: str) -> float | str:
    if sort == "difficulty":
        return _DIFFICULTIES.index(trail["difficulty"])
    value: float | str = trail[sort] if trail[sort] is not None else 0.0
    return value


def _page(trails: list[Entity], query: Query) -> Reply:
    limit, offset = query.whole("limit", 20, 1, 100), query.whole("offset", 0, 0)
    page = {"trails": trails[offset : offset + limit], "total_count": len(trails), "limit": limit, "offset": offset}
    return Reply(page)


SERVICE = Service(
    NAME,
    (
        Operation("GET", "/trails", search_trails),
        Operation("GET", "/trails/{trail_id}", get_trail),
        Operation("GET", "/trails/{trail_id}/closures", get_trail_closures),
        Operation("POST", "/trails/{trail_id}/closures", create_trail_closure),
        Operation("GET", "/trails/{trail_id}/conditions", get_trail_current_conditions),
    ),
    ErrorFormat(reason_key="issue"),
)
