"""What stands against publishing a departure, and what it takes to publish it all the same."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.marks import Look, Tone
from novatrek_scheduling.console.open_conflicts import OpenConflict
from novatrek_scheduling.console.states import DepartureState
from scheduling.domain.document import Departure
from scheduling.publication.judgement import Judgement
from scheduling.rules import Violation

_DIGEST_LENGTH = 16


class Weight(StrEnum):
    """What an obstacle takes: nobody publishes over it, the permission to override, or a confirmation."""

    FORBIDS = "FORBIDS"
    TAKES_OVERRIDE = "TAKES_OVERRIDE"
    TAKES_CONFIRMATION = "TAKES_CONFIRMATION"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`text` is empty where the state of the departure says it already. `key` is another where the matter is."""

    weight: Weight
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Obstacles:
    """All that stands against one departure."""

    departure_id: UUID
    found: tuple[Obstacle, ...]

    @property
    def forbid(self) -> bool:
        return any(obstacle.weight is Weight.FORBIDS for obstacle in self.found)

    @property
    def take_override(self) -> bool:
        return any(obstacle.weight is Weight.TAKES_OVERRIDE for obstacle in self.found)

    @property
    def look(self) -> Look | None:
        """How to say that it cannot be published, or not just so; None where its state says all."""
        if self.forbid:
            return Look("block", Tone.URGENT, _("Nobody may publish this"))
        return Look("gavel", Tone.WARN, _("Breaks a rule")) if self.take_override else None

    @property
    def texts(self) -> list[str]:
        return [obstacle.text for obstacle in self.found if obstacle.text]

    @property
    def token(self) -> str:
        """What a confirmation names: it holds for these obstacles, and for no other that comes up later."""
        keys = "\n".join(sorted(obstacle.key for obstacle in self.found))
        return f"{self.departure_id}:{sha256(keys.encode()).hexdigest()[:_DIGEST_LENGTH]}"


def obstacles_of(key: UUID, departure: Departure, state: DepartureState, judgement: Judgement) -> Obstacles:
    """Return the rules that a departure breaks now, accepted or not, its open conflicts, and what a person approves."""
    broken = (_broken(violation, judgement) for violation in judgement.violations if violation.departure_id == key)
    conflicts = (_conflict(conflict, departure) for conflict in state.conflicts)
    noted = sorted(digest for digests in judgement.notes.get(key, {}).values() for digest in digests)
    notes = (_to_approve(reason, noted) for reason in judgement.reasons.get(key, ()))
    return Obstacles(key, (*broken, *conflicts, *notes))


def _broken(violation: Violation, judgement: Judgement) -> Obstacle:
    about = ",".join(sorted(violation.about))
    key = f"rule:{violation.rule}:{violation.guide_id}:{about}:{violation.excess}"
    if violation.rule.is_never_overridden:
        return Obstacle(Weight.FORBIDS, violation.message, key)
    if violation in judgement.honoured:
        text = _("%(what)s; the risk is accepted") % {"what": violation.message}
        return Obstacle(Weight.TAKES_CONFIRMATION, text, f"{key}:accepted")
    return Obstacle(Weight.TAKES_OVERRIDE, violation.message, key)


def _conflict(conflict: OpenConflict, departure: Departure) -> Obstacle:
    key = f"conflict:{conflict.id}:{conflict.severity}"
    is_of_the_team = bool(conflict.guide_ids & departure.guide_ids) and not departure.is_cancelled
    if conflict.cause.is_never_overridden and is_of_the_team:
        return Obstacle(Weight.FORBIDS, _("Resolve the conflict first."), key)
    return Obstacle(Weight.TAKES_CONFIRMATION, "", key)


def _to_approve(reason: str, noted: list[str]) -> Obstacle:
    """Return what a person approves. A confirmation is for the notes of these digests, and for no later one."""
    text = _("Publishing approves: %(what)s") % {"what": reason}
    return Obstacle(Weight.TAKES_CONFIRMATION, text, f"note:{reason}:{','.join(noted)}")
