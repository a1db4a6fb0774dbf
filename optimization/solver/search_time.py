"""The time that a search for the plan of a component has, and how much of it each step may take."""

import time
from dataclasses import dataclass
from typing import Final

from optimization.solver.floor import FLOOR_SECONDS
from optimization.solver.staffing_model import OutOfTimeError

TUNED_SHARE: Final = 0.6
# A plan at the trivial bound makes more time with them unnecessary.
_TUNED_SECONDS_AT_BOUND: Final = 2.0
_LEAST_SECONDS: Final = 0.005
# Of the time that is left when the floor is made.
_FLOOR_SHARE: Final = 0.6
# With less time than for this many floors and models to be built, or than these seconds where that is enough for very
# many, the floor comes first: it has to be there at the deadline.
_HURRY: Final = 10
_SHORT_HURRY: Final = (80, 3.0)
# Of plans that are equally good the model decides, as long as that takes no time; the floor on larger days.
_PAIRS_TO_CHOOSE_AMONG: Final = 2_000
# The time to build the model, per pair (measured): a model that is ready after the deadline is useless.
_BUILDING_SECONDS: Final = 2e-5
# From HiGHS's values to teams and their objectives, per pair (measured).
_DECODING_SECONDS: Final = 2e-6


@dataclass(frozen=True, slots=True)
class SearchTime:
    """The time until `deadline`, in seconds of the monotonic clock, for a component of `pairs` pairs."""

    deadline: float
    pairs: int

    @property
    def is_small(self) -> bool:
        """Whether the model takes no time to speak of."""
        return self.pairs <= _PAIRS_TO_CHOOSE_AMONG

    @property
    def is_enough_for_bound(self) -> bool:
        """Whether the trivial bound can be found in time."""
        return self.is_small or self.deadline - time.monotonic() > FLOOR_SECONDS * self.pairs

    @property
    def is_short(self) -> bool:
        """Whether the floor has to be made before anything else."""
        seconds = (FLOOR_SECONDS + _BUILDING_SECONDS) * self.pairs
        least = max(_HURRY * seconds, min(_SHORT_HURRY[0] * seconds, _SHORT_HURRY[1]))
        return self.deadline - time.monotonic() < least

    def share(self, of_all: float) -> float:
        """Return when that share of the time left will be over."""
        now = time.monotonic()
        return now + of_all * (self.deadline - now)

    def end_of_floor(self) -> float:
        """Return when the floor has to be made."""
        return self.share(_FLOOR_SHARE)

    def end_of_building(self, *, has_floor: bool) -> float:
        """Return when the model has to be built. Raises OutOfTimeError where that cannot be."""
        left = self.remaining(has_floor=has_floor, least=_BUILDING_SECONDS * self.pairs)
        return time.monotonic() + left

    def with_tuned_options(self, *, has_floor: bool, has_bound: bool) -> float:
        """Return the seconds for HiGHS with tuned options. Raises OutOfTimeError without any."""
        seconds = self.remaining(has_floor=has_floor) * TUNED_SHARE
        return min(seconds, _TUNED_SECONDS_AT_BOUND) if has_bound else seconds

    def remaining(self, *, has_floor: bool, least: float = _LEAST_SECONDS) -> float:
        """Return the seconds for a solver, without those for its result and the floor. Raises OutOfTimeError."""
        per_pair = _DECODING_SECONDS if has_floor else _DECODING_SECONDS + FLOOR_SECONDS
        remaining = self.deadline - time.monotonic() - per_pair * self.pairs
        if remaining < max(least, _LEAST_SECONDS):
            raise OutOfTimeError
        return remaining
