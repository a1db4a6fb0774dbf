"""The control operations by which tests and users of the sandbox alter the world, beyond the contracts."""

from typing import Any

from pydantic import BaseModel, Field

from novatrek_scheduling.sandbox.siblings.service import Call, Refused, Reply
from novatrek_scheduling.sandbox.siblings.state import State, command
from novatrek_scheduling.sandbox.siblings.switches import Mode, Switch
from novatrek_scheduling.sandbox.world import Entity, World
from novatrek_scheduling.sandbox.world.seeding import identity

_KEYS = {"capacities": "location_id", "conditions": "trail_id", "assessments": "trail_id", "forecasts": "date"}
_KINDS = tuple(World.__slots__[1:])


class SwitchSetting(BaseModel):
    """The mode of a service; the other fields are those of `Switch`."""

    service: str
    mode: Mode
    seconds: float = Field(default=5.0, ge=0, le=60)
    path: str = ""
    patch: dict[str, Any] = Field(default_factory=dict)

    @property
    def switch(self) -> Switch:
        return Switch(self.mode, self.seconds, self.path, self.patch)


class SmallWorld(BaseModel):
    """A part of the world: these regions, and the number of guides who stay."""

    region_ids: list[str]
    guides: int = Field(ge=0)


class AnyEntity(BaseModel):
    """Any JSON object."""

    model_config = {"extra": "allow"}


def add_entity(state: State, call: Call) -> Reply:
    """Add an entity of a kind; its default `id` is derived from its content."""
    kind, entity = _kind(call), _fields(call)
    if kind in _KEYS:
        raise Refused(400, "NOT_ADDABLE", f"{kind} exist for each entity that they describe; alter them.")
    entity = {"id": identity("added", kind, sorted(entity.items()))} | entity
    return Reply(state.execute("put_entity", {"kind": kind, "id": entity["id"], "entity": entity}), 201)


def alter_entity(state: State, call: Call) -> Reply:
    """Change an entity by a JSON merge patch."""
    kind, entity = _kind(call), _existing(state, call)
    merged = merge(entity, _fields(call))
    return Reply(state.execute("put_entity", {"kind": kind, "id": call.ids["id"], "entity": merged}))


def keep_part(state: State, call: Call) -> Reply:
    """Drop everything but a part of the world."""
    return Reply(state.execute("keep_regions", call.body(SmallWorld).model_dump()))


def read_entity(state: State, call: Call) -> Reply:
    return Reply(_existing(state, call))


def remove_entity(state: State, call: Call) -> Reply:
    kind = _kind(call)
    _existing(state, call)
    return Reply(state.execute("drop_entity", {"kind": kind, "id": call.ids["id"]}))


def summarize(state: State, _: Call) -> Reply:
    """Return the date, the counts and ids for examples and tests."""
    world = state.world
    active = [trip["id"] for trip in world.trips.values() if trip["status"] == "ACTIVE"]
    return Reply(
        {
            "today": state.today.isoformat(),
            "counts": {kind: len(getattr(world, kind)) for kind in _KINDS},
            "region_ids": list(world.regions),
            "trip_ids": active,
            "inactive_trip_ids": [trip_id for trip_id in world.trips if trip_id not in set(active)],
            "guide_ids": [guide["id"] for guide in world.guides.values() if guide["status"] == "ACTIVE"],
            "trail_ids": list(world.trails),
            "location_ids": [
                location["id"] for location in world.locations.values() if location["type"] == "BASE_CAMP"
            ],
        }
    )


def merge(entity: Any, patch: Any) -> Any:
    """Return `entity` after a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(entity) if isinstance(entity, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


@command("regions", "trips", "departures", "guides", "trails", "locations")
def keep_regions(world: World, arguments: Entity, _: Entity) -> Entity:
    """Drop what belongs to no region of `region_ids`, and all but the first `guides` guides who work in one."""
    kept = set(arguments["region_ids"])
    for kind in ("regions", "trips", "trails", "locations"):
        entities: dict[str, Entity] = getattr(world, kind)
        key = "id" if kind == "regions" else "region_id"
        setattr(world, kind, {name: entity for name, entity in entities.items() if entity[key] in kept})
    slugs = {region["name"].lower().replace(" ", "_") for region in world.regions.values()}
    guides = [guide for guide in world.guides.values() if (kept | slugs) & set(guide["region_ids"])]
    world.guides = {guide["id"]: guide for guide in guides[: arguments["guides"]]}
    world.departures = {key: sold for key, sold in world.departures.items() if sold["trip_id"] in world.trips}
    return {}


@command()
def put_entity(world: World, arguments: Entity, _: Entity) -> Entity:
    """Add or replace an entity, and return it."""
    entity: Entity = arguments["entity"]
    getattr(world, arguments["kind"])[arguments["id"]] = entity
    return entity


@command()
def drop_entity(world: World, arguments: Entity, _: Entity) -> Entity:
    """Remove an entity, and return it."""
    entity: Entity = getattr(world, arguments["kind"]).pop(arguments["id"], {})
    return entity


def _kind(call: Call) -> str:
    kind = call.ids["kind"]
    if kind not in _KINDS:
        raise Refused(404, "UNKNOWN_KIND", f"{kind} is not one of {', '.join(_KINDS)}.")
    return kind


def _existing(state: State, call: Call) -> Entity:
    entities: dict[str, Entity] = getattr(state.world, _kind(call))
    if call.ids["id"] not in entities:
        raise Refused(404, "NOT_FOUND", f"There is no {call.ids['id']} among the {call.ids['kind']}.")
    return entities[call.ids["id"]]


def _fields(call: Call) -> Entity:
    return call.body(AnyEntity).model_dump()
