"""Shortcuts of tests on a planned day: a departure with one guide, teams, and patches of teams."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.test import Client

from scheduling.domain.document import Departure, Role
from tests.scheduling.patches.calls import change
from tests.scheduling.writes import stored


def led_alone(day: date) -> tuple[UUID, Departure]:
    """A departure with one guide, who leads no other."""
    planned = stored(day)
    leading = Counter(guide for departure in planned.values() for guide in departure.guide_ids)
    return next((k, d) for k, d in sorted(planned.items()) if [leading[guide] for guide in d.guide_ids] == [1])


def team_of(*guide_ids: object, **fields: Any) -> list[dict[str, Any]]:
    roles = [Role.LEAD, *[Role.ASSISTANT] * (len(guide_ids) - 1)]
    return [{"guide_id": str(g), "role": role, **fields} for g, role in zip(guide_ids, roles, strict=True)]


def put_team(client: Client, day: date, key: UUID, team: list[dict[str, Any]]) -> Any:
    return change(client, key, {"team": team}, at=day)
