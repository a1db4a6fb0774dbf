"""Exponential backoff with jitter between the attempts of a delivery."""

import random
from datetime import timedelta

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 3600.0
RETRY_BUDGET_SECONDS = timedelta(days=1).total_seconds()


def pause_seconds(attempt: int, *, first: float, longest: float) -> float:
    """Return the pause in seconds after attempt number `attempt` (from 1).

    It doubles from `first` up to `longest` seconds, with a uniform jitter of ± 50 %.
    """
    return _nominal(attempt, first, longest) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret


def is_retry_budget_spent(attempts: int) -> bool:
    """Return True if `attempts` attempts and the pauses between them, without jitter, have taken a day."""
    elapsed = sum(_nominal(attempt, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS) for attempt in range(1, attempts))
    return elapsed >= RETRY_BUDGET_SECONDS


def _nominal(attempt: int, first: float, longest: float) -> float:
    return min(longest, first * 2.0 ** min(attempt - 1, 32))
