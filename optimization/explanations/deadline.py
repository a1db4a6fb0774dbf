"""The time an explanation may take."""

import time
from dataclasses import dataclass

# A part of a day takes milliseconds to solve; with less than this left nothing more is begun.
LEAST_SECONDS = 0.02


@dataclass(slots=True)
class Clock:
    """Runs out at `until`, of the monotonic clock. `has_run_out`: something was not begun because of it."""

    until: float
    has_run_out: bool = False

    @classmethod
    def of(cls, seconds: float) -> "Clock":
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """The seconds left; 0.0 once they are too few to begin anything, which is remembered."""
        left = self.until - time.monotonic()
        if left < LEAST_SECONDS:
            self.has_run_out = True
            return 0.0
        return left
