"""The score of a plan, 0 to 100."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum
from uuid import UUID

from scheduling.domain.document import Departure

GUESTS, KEPT, QUALITY = 60.0, 20.0, 20.0


@dataclass(frozen=True, slots=True)
class Tally:
    """What the score counts of some departures: it can be added up and taken off without those that stay."""

    guests: int = 0
    served: int = 0
    scores: float = 0.0
    members: int = 0

    @classmethod
    def of(cls, departures: Iterable[Departure]) -> "Tally":
        counted = list(departures)
        scores = [member.score for departure in counted for member in departure.team]
        return cls(
            guests=sum(_weight(departure) for departure in counted),
            served=sum(_weight(departure) for departure in counted if departure.team),
            scores=fsum(scores),
            members=len(scores),
        )

    def with_change(self, before: "Tally", after: "Tally") -> "Tally":
        """Return the tally with `after` in place of `before`."""
        return Tally(
            self.guests - before.guests + after.guests,
            self.served - before.served + after.served,
            self.scores - before.scores + after.scores,
            self.members - before.members + after.members,
        )

    def score(self, kept: float) -> float:
        """Return the score of a plan with this tally, of which a share of the assignments before is kept."""
        if not self.guests:
            return GUESTS + KEPT + QUALITY
        quality = self.scores / self.members if self.members else 0.0
        return GUESTS * self.served / self.guests + KEPT * kept + QUALITY * quality


def _weight(departure: Departure) -> int:
    return max(departure.participants, 1)


def day_score(base: Mapping[UUID, Departure], planned: Mapping[UUID, Departure]) -> float:
    """Return the score of a plan, 0 to 100: 60 for guests, 20 for kept assignments, 20 for the mean pairing score.

    `base` has the departures as they were, `planned` as they are to be. A day without departures scores 100.
    """
    before, after = assignments_in(base), assignments_in(planned)
    return Tally.of(planned.values()).score(len(before & after) / len(before) if before else 1.0)


def assignments_in(departures: Mapping[UUID, Departure]) -> set[tuple[UUID, UUID]]:
    """Return who is on which departure."""
    return {(key, guide) for key, departure in departures.items() for guide in departure.guide_ids}
