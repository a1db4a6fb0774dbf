"""What a person entered for a departure, read from the form; what cannot be read keeps what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from novatrek_scheduling.console.departures.plans import ALL, BESIDE, Place, Plan, lead_first, team_of
from scheduling.domain.limits import MAX_GUESTS

MINUTES = "%Y-%m-%dT%H:%M"
PINS: Mapping[str, bool] = {"pin": True, "release": False}
"""The buttons that pin and release the whole team."""


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A whole team that was chosen for a departure: of the one at hand, or of another that has to change with it."""

    departure_id: UUID
    guide_ids: tuple[UUID, ...]

    @classmethod
    def read(cls, text: str) -> "TeamChoice":
        """Read "<departure>:<guide>,<guide>". Raises ValueError."""
        key, _colon, guides = text.partition(":")
        return cls(UUID(key), tuple(UUID(guide) for guide in guides.split(",") if guide))

    def __str__(self) -> str:
        return f"{self.departure_id}:{','.join(map(str, self.guide_ids))}"


@dataclass(frozen=True, slots=True)
class Entries:
    """A form as it was sent: the plan it makes, the swaps it needs, and by field what is wrong and what was typed."""

    plan: Plan
    swaps: tuple[TeamChoice, ...]
    errors: Mapping[str, str]
    typed: Mapping[str, str]


def read_entries(
    data: QueryDict, departure_id: UUID, base: Plan, names: Mapping[UUID, str], clock: tzinfo | None
) -> Entries:
    """Read a form about the plan `base`; a field that was not sent is as it was there.

    Times are by `clock`. The end goes along with the start where it was not changed itself. `guide` is a guide that
    was chosen: an id, and the teams that go with the choice, with bars between them; `place` says where on the team.
    `action` may be a button that pins or releases the team.
    """
    reader = _Reader(data, base, clock)
    plan = replace(base, capacity=reader.capacity(), trail_id=reader.trail(), is_cancelled=reader.is_cancelled())
    starts_at, ends_at = reader.moment("starts_at"), reader.moment("ends_at")
    if starts_at != base.starts_at and ends_at == base.ends_at:
        ends_at = base.ends_at + (starts_at - base.starts_at)
    plan = replace(plan, starts_at=starts_at, ends_at=ends_at, team=reader.team(names))
    chosen, *teams = data.get("guide", "").split("|")
    guide_id = _uuid(chosen)
    if guide_id in names and guide_id is not None:
        plan = plan.with_guide(guide_id, names[guide_id], _place_in(plan, data.get("place", "")))
    is_pinned = PINS.get(data.get("action", ""))
    if is_pinned is not None:
        plan = plan.with_pins(is_pinned)
    # Another choice takes the place of an earlier one, with all that went with it.
    choices = _teams(teams if "guide" in data else data.getlist("swap"))
    is_beside = data.get("place") == BESIDE
    for own in (choice for choice in choices if choice.departure_id == departure_id and not is_beside):
        plan = replace(plan, team=team_of(own.guide_ids, plan.team, names))
    swaps = tuple(choice for choice in choices if choice.departure_id != departure_id)
    return Entries(plan, swaps, reader.errors, {name: data.get(name, "") for name in reader.errors})


def _place_in(plan: Plan, place: str) -> str:
    """Where a chosen guide goes: instead of the lead where no place, or none of this team's, is named."""
    known = {str(member.guide_id) for member in plan.team} | {BESIDE, ALL}
    first = str(plan.team[0].guide_id) if plan.team else BESIDE
    return place if place in known else first


class _Reader:
    def __init__(self, data: QueryDict, base: Plan, clock: tzinfo | None) -> None:
        self.data, self.base, self.clock = data, base, clock
        self.errors: dict[str, str] = {}

    def capacity(self) -> int:
        text = self.data.get("capacity", str(self.base.capacity)).strip()
        if text.isascii() and text.isdigit() and int(text) <= MAX_GUESTS:
            return int(text)
        self.errors["capacity"] = _("Enter a number of places from 0 to %(most)s.") % {"most": MAX_GUESTS}
        return self.base.capacity

    def moment(self, name: str) -> datetime:
        present: datetime = getattr(self.base, name)
        text = self.data.get(name)
        # What is shown has no seconds: as it was shown it is unchanged.
        if text is None or text == minutes_text(present, self.clock):
            return present
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self.clock)
        except ValueError:
            self.errors[name] = _("Enter a date and a time.")
            return present

    def trail(self) -> UUID | None:
        text = self.data.get("trail_id")
        if text is None:
            return self.base.trail_id
        trail_id = _uuid(text)
        if text and trail_id is None:
            self.errors["trail_id"] = _("Choose a trail of the list.")
            return self.base.trail_id
        return trail_id

    def is_cancelled(self) -> bool:
        return {"yes": True, "no": False}.get(self.data.get("is_cancelled", ""), self.base.is_cancelled)

    def team(self, names: Mapping[UUID, str]) -> tuple[Place, ...]:
        if "team" not in self.data:
            return self.base.team
        pinned, lead = self.data.getlist("pinned"), self.data.get("lead")
        unnamed = _("a guide whose name cannot be read now")
        members = [key for text in self.data.getlist("member") if (key := _uuid(text)) is not None]
        return lead_first(
            Place(
                key,
                names.get(key) or unnamed,
                is_lead=str(key) == lead,
                is_pinned=str(key) in pinned,
            )
            for key in dict.fromkeys(members)
        )


def minutes_text(instant: datetime, clock: tzinfo | None) -> str:
    """Return a moment as a form shows it, by `clock`: "2026-11-28T09:00"."""
    return instant.astimezone(clock).strftime(MINUTES)


def _teams(texts: list[str]) -> list[TeamChoice]:
    found = []
    for text in texts:
        try:
            found.append(TeamChoice.read(text))
        except ValueError:
            continue
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
