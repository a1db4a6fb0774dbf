"""Ties: which departures of a proposal belong together, because a guide goes from one to the other. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from optimization.proposals.plans import ProposedDeparture
from scheduling.rules import Commitment, clash_of


@dataclass(frozen=True, slots=True)
class Tie:
    """A guide who leaves one departure to join another, and cannot be on both."""

    guide_id: UUID
    name: str
    leaves: UUID
    joins: UUID

    def other(self, departure_id: UUID) -> UUID:
        return self.joins if departure_id == self.leaves else self.leaves


def ties_of(departures: Mapping[UUID, ProposedDeparture], day: date) -> tuple[Tie, ...]:
    """Return the ties among the departures of a proposal for `day`.

    A guide who moves between departures that one guide could lead both, by time and rest, ties nothing.
    """
    left: dict[UUID, list[UUID]] = defaultdict(list)
    for key, departure in departures.items():
        for guide_id in departure.before.guide_ids:
            if guide_id not in departure.after.guide_ids:
                left[guide_id].append(key)
    return tuple(
        Tie(guide.guide_id, guide.name, leaves, key)
        for key, departure in sorted(departures.items())
        for guide in departure.after.guides
        if guide.guide_id not in departure.before.guide_ids
        for leaves in sorted(left[guide.guide_id])
        if _clash(guide.guide_id, leaves, key, departures, day)
    )


def _clash(guide_id: UUID, first: UUID, second: UUID, departures: Mapping[UUID, ProposedDeparture], day: date) -> bool:
    commitment = Commitment(guide_id, first, day, departures[first].span)
    return clash_of(departures[second].span, day, [commitment], ignoring=second) is not None


def torn(ties: Iterable[Tie], chosen: Collection[UUID], done: Collection[UUID]) -> list[Tie]:
    """Return the ties of which one end is chosen and the other neither chosen nor done already."""
    return [
        tie
        for tie in ties
        if (tie.leaves in chosen or tie.joins in chosen)
        and not all(end in chosen or end in done for end in (tie.leaves, tie.joins))
    ]
