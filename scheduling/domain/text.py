"""Values of a daily schedule in words: for the console, for messages and for what a refusal tells."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from scheduling.domain.document import AssignmentStatus, Role, TeamMember

NOTHING = "nothing"


def team_text(team: Iterable[TeamMember]) -> str:
    """The lead first: "Ana Ruiz (lead), Ben Ito"."""
    ordered = sorted(team, key=lambda member: (member.role is not Role.LEAD, member.guide_name))
    return ", ".join(f"{m.guide_name} (lead)" if m.role is Role.LEAD else m.guide_name for m in ordered)


def counted(count: int, what: str) -> str:
    """The number with its noun: "1 departure", "2 departures"."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def value_text(name: str, value: Any) -> str:
    """The stored value of a field; what nobody could have written on purpose is shown as it is."""
    if value in (None, "", [], {}):
        return NOTHING
    try:
        return _WORDING[name](value)
    except (KeyError, TypeError, ValueError, AttributeError):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def change_text(name: str, change: Mapping[str, Any]) -> str:
    """Before and after: "8 → 10"."""
    return f"{value_text(name, change.get('old'))} → {value_text(name, change.get('new'))}"


def _team(value: Any) -> str:
    members = [TeamMember.model_validate(member) for member in value]
    unsure = {m.assignment_status for m in members} - {AssignmentStatus.CONFIRMED}
    waiting = [status.value.replace("_", " ").lower() for status in unsure]
    return team_text(members) + (f", {' and '.join(sorted(waiting))}" if waiting else "")


def _moment(value: Any) -> str:
    return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M %z}"


def _seats(value: Any) -> str:
    return f"{counted(sum(value.values()), 'guest')} in {counted(len(value), 'reservation')}"


def _told(value: Any) -> str:
    return f"{counted(len(value['guide_ids']), 'guide')}, {_moment(value['starts_at'])}"


_WORDING: dict[str, Callable[[Any], str]] = {
    "team": _team,
    "starts_at": _moment,
    "ends_at": _moment,
    "reservations": _seats,
    "published": _told,
    "unassigned_reason": lambda value: str(value["message"]),
}
