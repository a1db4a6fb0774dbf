"""Days on which every departure can be staffed, and hardly anybody is free: by construction, from a seed.

Each guide's day is cut into departures, which that guide could lead; then others are made eligible for them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from optimization.solver.problem import TURNAROUND_MINUTES, DayProblem, Departure, EligiblePair

FIRST_START, LAST_END = 6 * 60, 20 * 60
CAPACITIES = (8, 10, 12)
BREAKS = (0, 15, 30)


@dataclass(frozen=True, slots=True)
class Density:
    """The size of a dense day: its guides, the share of pairs that are eligible, and whether all score the same."""

    guides: int
    share: float
    scores_are_equal: bool


def density_of(seed: int, *, largest: int = 120) -> Density:
    """Return the size of the dense day of a seed: 22 to `largest` guides, small days more often."""
    dice = random.Random(f"density {seed}")
    guides = round(22 * (largest / 22) ** dice.random())
    return Density(guides, dice.uniform(0.25, 0.9), scores_are_equal=bool(seed % 2))


def dense_day(seed: int, density: Density) -> DayProblem:
    """Return the day of a seed; a plan that staffs every departure exists."""
    dice = random.Random(f"dense {seed} {density}")
    crew = [(_id(dice), dice.choice(CAPACITIES)) for _ in range(density.guides)]
    departures, pairs = [], []
    for leader, capacity in crew:
        for starts_at, ends_at in _cut(dice):
            departure = Departure(
                _id(dice), starts_at, ends_at, dice.randint(1, capacity if dice.random() < 0.15 else min(CAPACITIES))
            )
            departures.append(departure)
            pairs += [
                EligiblePair(departure.id, guide, size, 500 if density.scores_are_equal else dice.randint(200, 1000))
                for guide, size in crew
                if guide == leader or dice.random() < density.share
            ]
    dice.shuffle(departures)
    return DayProblem(tuple(departures), tuple(pairs))


def _cut(dice: random.Random) -> Iterator[tuple[int, int]]:
    """Yield the departures of one guide's day, with no more than the turnaround between them."""
    starts_at = FIRST_START + dice.randrange(0, 60, 15)
    while starts_at < LAST_END - 120:
        ends_at = min(starts_at + dice.randrange(120, 480, 15), LAST_END)
        yield starts_at, ends_at
        starts_at = ends_at + TURNAROUND_MINUTES + dice.choice(BREAKS)


def _id(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
