"""The plan of a departure as a person may change it, and how two people's changes of one are merged. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.domain.document import Departure, DepartureStatus, Role, TeamMember

LABELS: Mapping[str, str | Promise] = {
    "team": _("Team"),
    "starts_at": _("Start"),
    "ends_at": _("End"),
    "trail_id": _("Trail"),
    "capacity": _("Places"),
    "is_cancelled": _("Cancelled"),
}
"""The fields of a plan, in the order in which they are told."""

BESIDE, ALL = "beside", "all"
"""Where a chosen guide goes, if not in the place of one member."""


@dataclass(frozen=True, slots=True)
class Place:
    """A guide's place on a team."""

    guide_id: UUID
    name: str
    is_lead: bool
    is_pinned: bool = False

    @classmethod
    def of(cls, member: TeamMember) -> "Place":
        return cls(member.guide_id, member.guide_name, member.role is Role.LEAD, member.pinned)

    @property
    def as_patch(self) -> dict[str, Any]:
        role = Role.LEAD if self.is_lead else Role.ASSISTANT
        return {"guide_id": str(self.guide_id), "role": role.value, "pinned": self.is_pinned}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person may change of a departure."""

    team: tuple[Place, ...]
    starts_at: datetime
    ends_at: datetime
    trail_id: UUID | None
    capacity: int
    is_cancelled: bool

    @classmethod
    def of(cls, departure: Departure) -> "Plan":
        return cls(
            team=lead_first(map(Place.of, departure.team)),
            starts_at=departure.starts_at,
            ends_at=departure.ends_at,
            trail_id=departure.trail_id,
            capacity=departure.capacity,
            is_cancelled=departure.is_cancelled,
        )

    def differs_from(self, other: "Plan") -> frozenset[str]:
        """Return the fields in which they differ; the order and the names of a team are no difference."""
        return frozenset(name for name in LABELS if _value(self, name) != _value(other, name))

    def patch_from(self, before: "Plan") -> dict[str, Any]:
        """Return the fields of a merge patch that makes this plan of `before`."""
        names = self.differs_from(before)
        values: dict[str, Any] = {
            "team": [place.as_patch for place in self.team],
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "trail_id": str(self.trail_id) if self.trail_id else None,
            "capacity": self.capacity,
        }
        patch = {name: value for name, value in values.items() if name in names}
        if "is_cancelled" in names:
            patch["status"] = (DepartureStatus.CANCELLED if self.is_cancelled else DepartureStatus.DRAFT).value
        return patch

    def with_guide(self, guide_id: UUID, name: str, place: str) -> "Plan":
        """Return the plan with a chosen guide: beside the team, in the place of a member (an id) or of all."""
        others = [member for member in self.team if member.guide_id != guide_id]
        replaced = next((member for member in others if str(member.guide_id) == place), None)
        if place == ALL:
            others = []
        elif replaced:
            others.remove(replaced)
        leads = not any(member.is_lead for member in others)
        return replace(self, team=lead_first([Place(guide_id, name, leads), *others]))

    def with_pins(self, is_pinned: bool) -> "Plan":
        """Return the plan with its whole team pinned, or released."""
        return replace(self, team=tuple(replace(member, is_pinned=is_pinned) for member in self.team))


def merge(base: Plan, mine: Plan, theirs: Plan) -> Plan:
    """Return the plan with what I changed of `base`, and what they changed of it where I did not."""
    changed = mine.differs_from(base)
    return replace(theirs, **{name: getattr(mine, name) for name in changed})


def lead_first(team: Any) -> tuple[Place, ...]:
    """Return a team with its lead first; without a lead, the first leads."""
    ordered = sorted(team, key=lambda member: not member.is_lead)
    if ordered and not ordered[0].is_lead:
        ordered[0] = replace(ordered[0], is_lead=True)
    return tuple(ordered)


def team_of(guide_ids: Collection[UUID], current: Collection[Place], names: Mapping[UUID, str]) -> tuple[Place, ...]:
    """Return these guides as a team: who is on it keeps role and pin."""
    known = {member.guide_id: member for member in current}
    return lead_first(known.get(key) or Place(key, names.get(key, str(key)), is_lead=False) for key in guide_ids)


def _value(plan: Plan, name: str) -> Any:
    value = getattr(plan, name)
    return frozenset((m.guide_id, m.is_lead, m.is_pinned) for m in value) if name == "team" else value
