"""The plan of a departure as a conflict was found on it, kept with the conflict: what changed since can be named."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from scheduling.domain.document import AssignmentStatus, Departure, Role, TeamMember
from scheduling.domain.facts import Trail
from scheduling.domain.text import counted


class Aspect(StrEnum):
    """The parts of a plan on which a conflict may rest."""

    TRAIL = "trail"
    TIME = "time"
    TEAM = "team"
    GUESTS = "guests"
    PLACES = "places"


def seen_plan(departure: Departure) -> dict[str, Any]:
    """Return the plan of a departure as JSON."""
    plan = departure.model_dump(mode="json", include={"trail_id", "starts_at", "ends_at", "participants", "capacity"})
    return plan | {
        "team": [
            {"guide_id": str(member.guide_id), "guide_name": member.guide_name, "role": member.role.value}
            for member in departure.team
        ]
    }


def restored(departure: Departure, seen: Mapping[str, Any]) -> Departure:
    """Return the departure with the plan that was seen in place of its own."""
    current = {member.guide_id: member for member in departure.team}
    return departure.model_copy(
        update={
            "trail_id": UUID(seen["trail_id"]) if seen.get("trail_id") else None,
            "starts_at": datetime.fromisoformat(seen["starts_at"]),
            "ends_at": datetime.fromisoformat(seen["ends_at"]),
            "participants": seen["participants"],
            "capacity": seen["capacity"],
            "team": [_member(member, current) for member in seen["team"]],
        }
    )


def _member(seen: Mapping[str, str], current: Mapping[UUID, TeamMember]) -> TeamMember:
    guide_id = UUID(seen["guide_id"])
    if guide_id in current:
        return current[guide_id].model_copy(update={"role": Role(seen["role"])})
    return TeamMember(
        guide_id=guide_id,
        guide_name=seen["guide_name"],
        role=Role(seen["role"]),
        assignment_status=AssignmentStatus.TENTATIVE,
    )


def changes_of_plan(
    seen: Mapping[str, Any], departure: Departure, aspects: Collection[Aspect], trails: Mapping[UUID, Trail]
) -> list[str]:
    """Return in words how the plan differs in these aspects from the one that was seen."""
    before = restored(departure, seen)
    named = {
        Aspect.TRAIL: _other_trail(before, departure, trails),
        Aspect.TIME: _other_time(before, departure),
        Aspect.TEAM: _other_team(before, departure),
        Aspect.GUESTS: _other_number(before.participants, departure.participants, "guest"),
        Aspect.PLACES: _other_number(before.capacity, departure.capacity, "place"),
    }
    return [change for aspect, changes in named.items() if aspect in aspects for change in changes]


def _other_trail(before: Departure, after: Departure, trails: Mapping[UUID, Trail]) -> Iterator[str]:
    if before.trail_id == after.trail_id:
        return
    trail = trails.get(after.trail_id) if after.trail_id else None
    where = "no trail" if after.trail_id is None else trail.name if trail else "another trail"
    yield f"the departure is on {where} now"


def _other_time(before: Departure, after: Departure) -> Iterator[str]:
    if before.starts_at != after.starts_at:
        yield f"the departure leaves on {after.starts_at:%Y-%m-%d at %H:%M} now"
    elif before.ends_at != after.ends_at:
        yield f"the departure ends on {after.ends_at:%Y-%m-%d at %H:%M} now"


def _other_team(before: Departure, after: Departure) -> Iterator[str]:
    roles = {member.guide_id: member.role for member in before.team}
    yield from (
        f"{member.guide_name} is not on the team now"
        for member in before.team
        if member.guide_id not in after.guide_ids
    )
    for member in after.team:
        if roles.get(member.guide_id) is not member.role:
            yield f"{member.guide_name} is {'its lead' if member.role is Role.LEAD else 'an assistant'} now"


def _other_number(before: int, after: int, what: str) -> Iterator[str]:
    if before != after:
        yield f"the departure has {counted(after, what)} now"
