"""How long to wait before the next try: exponential, with jitter so that the tries spread out."""

import random
from datetime import timedelta

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 3600.0
PATIENCE_SECONDS = timedelta(days=1).total_seconds()


def pause_seconds(attempt: int, *, first: float, longest: float) -> float:
    """The pause after try number `attempt` (from 1): doubling from `first` up to `longest`, ± half of it."""
    return _nominal(attempt, first, longest) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret


def is_out_of_patience(attempts: int) -> bool:
    """Whether `attempts` tries and the pauses between them have taken about a day."""
    waited = sum(_nominal(attempt, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS) for attempt in range(1, attempts))
    return waited >= PATIENCE_SECONDS


def _nominal(attempt: int, first: float, longest: float) -> float:
    return min(longest, first * 2.0 ** min(attempt - 1, 32))
