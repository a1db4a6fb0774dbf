"""An independent reading of the seeded world: who could lead what, without any of the service's code."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from novatrek_scheduling.sandbox.world import World

LEVELS = ["WILDERNESS_FIRST_AID", "WILDERNESS_FIRST_RESPONDER", "WILDERNESS_EMT", "PARAMEDIC"]
TRAIL_DIFFICULTIES = {
    "BEGINNER": {"EASY"},
    "INTERMEDIATE": {"MODERATE"},
    "ADVANCED": {"DIFFICULT"},
    "EXPERT": {"EXPERT", "EXTREME"},
}


@dataclass
class Plan:
    """The result of staffing one date: departure id to team, and departure id to why there is none."""

    teams: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def staff(world: World, day: str) -> Plan:
    """Staff a date greedily, hardest departure first: a lower bound of what is possible."""
    plan, busy = Plan(), dict[str, list[tuple[datetime, datetime]]]()
    todays = [d for d in world.departures.values() if d["departure_date"] == day and d["status"] != "CANCELLED"]
    for departure in sorted(todays, key=lambda d: len(candidates(world, d, day))):
        if not _has_trail(world, departure, day):
            plan.reasons[departure["id"]] = "no trail"
            continue
        span = _span(world, departure)
        free = [g for g in candidates(world, departure, day) if _is_free(busy.get(g["id"], []), span)]
        team = _smallest_team(free, departure["total_spots"] - departure["available_spots"])
        if team is None:
            plan.reasons[departure["id"]] = f"{len(free)} free guides"
            continue
        plan.teams[departure["id"]] = team
        for guide_id in team:
            busy.setdefault(guide_id, []).append(span)
    return plan


def candidates(world: World, departure: dict[str, Any], day: str) -> list[dict[str, Any]]:
    """Guides with the status, region, activity, certificates and days for the departure."""
    trip = world.trips[departure["trip_id"]]
    region = world.regions[trip["region_id"]]
    names = {region["id"], region["name"].lower().replace(" ", "_")}
    activity = _plain("WHITEWATER_RAFTING" if trip["activity_type"] == "RAFTING" else trip["activity_type"])
    return [
        guide
        for guide in world.guides.values()
        if guide["status"] == "ACTIVE"
        and names & set(guide["region_ids"])
        and activity in {_plain(name) for name in guide["activity_specialties"]}
        and set(trip["required_certifications"]) <= _held(world, guide["id"], day)
        and not _is_away(world, guide["id"], day)
    ]


def _held(world: World, guide_id: str, day: str) -> set[str]:
    held = {
        c["certification_type"]
        for c in world.certifications.values()
        if c["guide_id"] == guide_id and c["status"] == "VALID" and (c["expiry_date"] or "9999") >= day
    }
    highest = max((LEVELS.index(level) for level in held & set(LEVELS)), default=-1)
    return held | set(LEVELS[: highest + 1])


def _is_away(world: World, guide_id: str, day: str) -> bool:
    return any(
        w["guide_id"] == guide_id and not w["available"] and w["start_date"] <= day <= w["end_date"]
        for w in world.windows.values()
    )


def _has_trail(world: World, departure: dict[str, Any], day: str) -> bool:
    trip = world.trips[departure["trip_id"]]
    here = [t for t in world.trails.values() if t["region_id"] == trip["region_id"]]
    fitting = [t for t in here if trip["activity_type"] in t["activity_types"]]
    return not fitting or any(
        t["difficulty"] in TRAIL_DIFFICULTIES[trip["difficulty_level"]]
        and t["status"] in {"OPEN", "PARTIALLY_CLOSED"}
        and t["max_group_size"] >= departure["total_spots"] - departure["available_spots"]
        and world.conditions[t["id"]]["surface_condition"] != "FLOODED"
        and not _is_closed(world, t["id"], day)
        for t in fitting
    )


def _is_closed(world: World, trail_id: str, day: str) -> bool:
    return any(
        c["trail_id"] == trail_id
        and c["severity"] in {"SEVERE", "CRITICAL"}
        and c["start_date"] <= day <= c.get("end_date", "9999")
        for c in world.closures.values()
    )


def _span(world: World, departure: dict[str, Any]) -> tuple[datetime, datetime]:
    trip = world.trips[departure["trip_id"]]
    zone = ZoneInfo(world.regions[trip["region_id"]]["timezone"])
    text = f"{departure['departure_date']}T{departure['departure_time']}"
    start = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
    return start, start + timedelta(hours=trip["duration_hours"], minutes=30)


def _is_free(taken: list[tuple[datetime, datetime]], span: tuple[datetime, datetime]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in taken)


def _smallest_team(free: list[dict[str, Any]], people: int) -> tuple[str, ...] | None:
    roomy = sorted(free, key=lambda guide: (-guide.get("max_group_size", 8), guide["id"]))
    for size in (1, 2, 3):
        for team in combinations(roomy[:6], size):
            if sum(guide.get("max_group_size", 8) for guide in team) >= people:
                return tuple(guide["id"] for guide in team)
    return None


def _plain(name: str) -> str:
    return name.upper().replace("_", "").replace(" ", "").replace("-", "")
