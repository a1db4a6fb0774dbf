"""The time budget of a query: for each round of reading from siblings, and for the solver."""

from dataclasses import dataclass

from django.conf import settings

from novatrek_scheduling.deadline import Deadline

# Granted after the deadline too: cached facts and a first plan take no longer.
MIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """Seconds for each round of reading, and the deadline of the whole query where a client waits for the result."""

    deadline_seconds: float
    until: Deadline | None = None

    @property
    def read_seconds(self) -> float:
        """Seconds that the next round of reading may take."""
        return self._at_most(self.deadline_seconds)

    @property
    def solve_seconds(self) -> float:
        """Seconds that the solver may take; then the best plan found is used."""
        return self._at_most(float(settings.REQUEST_SOLVER_TIME_LIMIT_SECONDS))

    def _at_most(self, seconds: float) -> float:
        return seconds if self.until is None else min(seconds, max(MIN_SECONDS, self.until.remaining()))
