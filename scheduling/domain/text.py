"""Texts for values of a daily schedule, for the console, messages and refusals."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from scheduling.domain.catalog_listing import ListingState
from scheduling.domain.document import AssignmentStatus, Role, TeamMember

NOTHING = "nothing"


def team_text(team: Iterable[TeamMember]) -> str:
    """Return the names of a team, the lead first: "Ana Ruiz (lead), Ben Ito"."""
    return ", ".join(f"{m.guide_name} (lead)" if m.role is Role.LEAD else m.guide_name for m in by_role(team))


def by_role(team: Iterable[TeamMember]) -> list[TeamMember]:
    """Return a team in the order in which it is named: the lead first, then by name."""
    return sorted(team, key=lambda member: (member.role is not Role.LEAD, member.guide_name))


def counted(count: int, noun: str) -> str:
    """Return the number with its noun, plural by "s": "1 departure", "2 departures"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def value_text(name: str, value: Any) -> str:
    """Return the stored value of a field as text; a malformed value is shown as it is stored."""
    if value in (None, "", [], {}):
        return NOTHING
    try:
        return _TEXT_BY_FIELD[name](value)
    except (KeyError, TypeError, ValueError, AttributeError):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def change_text(name: str, change: Mapping[str, Any]) -> str:
    """Return the values before and after a change: "8 → 10"."""
    return f"{value_text(name, change.get('old'))} → {value_text(name, change.get('new'))}"


def _team_text(value: Any) -> str:
    members = [TeamMember.model_validate(member) for member in value]
    open_statuses = {m.assignment_status for m in members} - {AssignmentStatus.CONFIRMED}
    remarks = sorted(status.value.replace("_", " ").lower() for status in open_statuses)
    return team_text(members) + (f", {' and '.join(remarks)}" if remarks else "")


def _timestamp_text(value: Any) -> str:
    return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M %z}"


def _reservations_text(value: Any) -> str:
    return f"{counted(sum(value.values()), 'guest')} in {counted(len(value), 'reservation')}"


def _announcement_text(value: Any) -> str:
    return f"{counted(len(value['guide_ids']), 'guide')}, {_timestamp_text(value['starts_at'])}"


def _listing_text(value: Any) -> str:
    state = ListingState(value["state"])
    when = f"{value['schedule_date']} {value['local_time']}, {counted(value['total_spots'], 'place')}"
    return when if state is ListingState.FOR_SALE else state.value.replace("_", " ").lower()


_TEXT_BY_FIELD: dict[str, Callable[[Any], str]] = {
    "team": _team_text,
    "starts_at": _timestamp_text,
    "ends_at": _timestamp_text,
    "reservations": _reservations_text,
    "moved_guests": _reservations_text,
    "published": _announcement_text,
    "catalog": _listing_text,
    "catalog_change": _listing_text,
    "unassigned_reason": lambda value: str(value["message"]),
}
