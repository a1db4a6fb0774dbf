"""The time an explanation may take."""

from dataclasses import dataclass

from novatrek_scheduling.deadline import Deadline

# A part of a day takes milliseconds to solve; with less than this left nothing more is begun.
LEAST_SECONDS = 0.02


@dataclass(slots=True)
class Clock:
    """What is left of a deadline. `has_run_out`: something was not begun because of it."""

    deadline: Deadline
    has_run_out: bool = False

    @classmethod
    def of(cls, seconds: float) -> "Clock":
        return cls(Deadline.after(seconds))

    def left(self) -> float:
        """Return the seconds left; 0.0 once they are too few to begin anything, which is remembered."""
        left = self.deadline.remaining()
        if left < LEAST_SECONDS:
            self.has_run_out = True
            return 0.0
        return left
