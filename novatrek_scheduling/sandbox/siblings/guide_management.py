"""svc-guide-management: guides, their availability and their certificates. Paging by offset."""

from typing import Literal

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
    is_same_term,
)
from novatrek_scheduling.sandbox.siblings.state import State, command
from novatrek_scheduling.sandbox.world import Entity, World

NAME = "svc-guide-management"
_STATUSES = ("ACTIVE", "ON_LEAVE", "TRAINING", "SUSPENDED", "TERMINATED")


class GuideUpdate(BaseModel):
    """GuideUpdateRequest."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    phone: str | None = None
    region_ids: list[str] | None = None
    activity_specialties: list[str] | None = None
    years_experience: int | None = Field(default=None, ge=0)
    max_group_size: int | None = Field(default=None, ge=1)
    status: Literal["ACTIVE", "ON_LEAVE", "TRAINING", "SUSPENDED", "TERMINATED"] | None = None
    emergency_training_level: (
        Literal["WILDERNESS_FIRST_AID", "WILDERNESS_FIRST_RESPONDER", "WILDERNESS_EMT", "PARAMEDIC"] | None
    ) = None
    languages: list[str] | None = None


def search_guides(state: State, call: Call) -> Reply:
    query = call.query

    def select() -> list[Entity]:
        status, day = query.one_of("status", _STATUSES), query.day("availability_date")
        matching = _matching(state, query)
        return [guide for guide in matching if status in {None, guide["status"]} and not _is_away(state, guide, day)]

    return _page(state.remembered(("guides", query.without("offset", "limit")), select), query)


def get_guide(state: State, call: Call) -> Reply:
    return Reply(_guide(state, call))


def update_guide(state: State, call: Call) -> Reply:
    guide = _guide(state, call)
    changes = call.body(GuideUpdate).model_dump(mode="json", exclude_none=True)
    arguments = {"guide_id": guide["id"], "changes": changes}
    return Reply(state.execute("change_guide", arguments, service=NAME, path=f"/guides/{guide['id']}"))


def get_guide_availability(state: State, call: Call) -> Reply:
    guide = _guide(state, call)
    first, last = _range(call.query)
    windows = state.grouped("windows", "guide_id").get(guide["id"], [])
    within = [window for window in windows if window["start_date"] <= last and window["end_date"] >= first]
    return Reply({"data": sorted(within, key=lambda window: (window["start_date"], window["id"]))})


def get_guide_schedule(state: State, call: Call) -> Reply:
    guide = _guide(state, call)
    first, last = _range(call.query)
    entries = state.grouped("past_trips", "guide_id").get(guide["id"], [])
    within = [entry for entry in entries if entry["departure_date"] <= last and entry["return_date"] >= first]
    return Reply({"data": sorted(within, key=lambda entry: (entry["departure_date"], entry["id"]))})


def get_guide_certifications(state: State, call: Call) -> Reply:
    guide = _guide(state, call)
    return Reply({"data": state.grouped("certifications", "guide_id").get(guide["id"], [])})


def find_available_guides(state: State, call: Call) -> Reply:
    query = call.query
    for name in ("date", "activity_type", "region"):
        query.required(name)
    years = query.whole("min_experience_years", 0, 0)
    rating = query.number("min_rating") or 1.0
    if not 1.0 <= rating <= 5.0:
        raise Refused(400, "VALIDATION_ERROR", "min_rating is out of bounds.", ("min_rating", "must be from 1 to 5"))
    guides = [
        guide
        for guide in _matching(state, query)
        if guide["status"] == "ACTIVE"
        and not _is_away(state, guide, query.day("date"))
        and guide.get("years_experience", 0) >= years
        and guide.get("average_rating", 1.0) >= rating
    ]
    return Reply({"data": guides, "match_count": len(guides)})


@command("guides")
def change_guide(world: World, arguments: Entity, entry: Entity) -> Entity:
    """Change the profile of a guide: the given fields are replaced, as the service does."""
    guide = world.guides[arguments["guide_id"]]
    world.guides[guide["id"]] = guide | arguments["changes"] | {"updated_at": entry["at"]}
    return world.guides[guide["id"]]


def _guide(state: State, call: Call) -> Entity:
    return entity_of(state.world.guides, call.ids["guide_id"], "guide")


def _sorted_guides(state: State) -> list[Entity]:
    guides = state.world.guides.values()
    return sorted(guides, key=lambda guide: (guide["last_name"], guide["first_name"], guide["id"]))


def _matching(state: State, query: Query) -> list[Entity]:
    """Return the guides who have the certificate, activity and region of the query, where it names one, by name."""
    certification, activity, region = (query.text(name) for name in ("certification", "activity_type", "region"))
    guides = state.remembered("guides by name", lambda: _sorted_guides(state))
    if region is not None:
        spellings = _spellings(state, region)
        guides = [guide for guide in guides if not spellings.isdisjoint(guide["region_ids"])]
    if certification is not None:
        guides = [
            guide for guide in guides if any(is_same_term(certification, held) for held in guide["certifications"])
        ]
    if activity is not None:
        guides = [guide for guide in guides if _does(guide, activity)]
    return guides


def _holds(guide: Entity, certification: str) -> bool:
    return any(is_same_term(certification, held) for held in guide["certifications"])


def _does(guide: Entity, activity: str) -> bool:
    return any(_same_activity(activity, specialty) for specialty in guide["activity_specialties"])


def _same_activity(activity: str, other: str) -> bool:
    return is_same_term(activity, other) or is_same_term(f"whitewater_{activity}", other)


def _spellings(state: State, region: str) -> set[str]:
    """Return both spellings of a region: its id and the slug of its name."""
    pairs = ((region["id"], region["name"].lower().replace(" ", "_")) for region in state.world.regions.values())
    return next((set(pair) for pair in pairs if region in pair), {region})


def _is_away(state: State, guide: Entity, day: str | None) -> bool:
    if day is None:
        return False
    windows = state.grouped("windows", "guide_id").get(guide["id"], [])
    return any(not window["available"] and window["start_date"] <= day <= window["end_date"] for window in windows)


def _range(query: Query) -> tuple[str, str]:
    return query.day("from_date") or "", query.day("to_date") or "9999"


def _page(entities: list[Entity], query: Query) -> Reply:
    offset, limit = query.whole("offset", 0, 0), query.whole("limit", 25, 1, 100)
    total = len(entities)
    pagination = {"offset": offset, "limit": limit, "total": total, "has_more": offset + limit < total}
    return Reply({"data": entities[offset : offset + limit], "pagination": pagination})


SERVICE = Service(
    NAME,
    (
        Operation("GET", "/guides", search_guides),
        Operation("GET", "/guides/available", find_available_guides),
        Operation("GET", "/guides/{guide_id}", get_guide),
        Operation("PATCH", "/guides/{guide_id}", update_guide),
        Operation("GET", "/guides/{guide_id}/availability", get_guide_availability),
        Operation("GET", "/guides/{guide_id}/schedule", get_guide_schedule),
        Operation("GET", "/guides/{guide_id}/certifications", get_guide_certifications),
    ),
    ErrorFormat(id_key="request_id"),
)
