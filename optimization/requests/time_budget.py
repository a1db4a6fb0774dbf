"""How long whoever asked a question waits: for each thing that is read of siblings, and for the solver."""

from dataclasses import dataclass

from django.conf import settings

from novatrek_scheduling.deadline import Deadline

# However late it is: what is known already, and any plan at all, take no longer.
LEAST_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """`deadline_seconds` for each set of lookups; `until` all is to be done, where somebody waits for the answer."""

    deadline_seconds: float
    until: Deadline | None = None

    @property
    def read_seconds(self) -> float:
        """Seconds that what is read next may take."""
        return self._at_most(self.deadline_seconds)

    @property
    def solve_seconds(self) -> float:
        """Seconds that the solver may take; then the best plan found is used."""
        return self._at_most(float(settings.REQUEST_SOLVER_TIME_LIMIT_SECONDS))

    def _at_most(self, seconds: float) -> float:
        return seconds if self.until is None else min(seconds, max(LEAST_SECONDS, self.until.remaining()))
