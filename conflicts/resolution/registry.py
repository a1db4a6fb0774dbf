"""The registry of searches for resolution options and of their rating, which other apps provide."""

from collections.abc import Callable, Iterable

from conflicts.choices import Strategy
from conflicts.resolution.figures import Ratings
from conflicts.resolution.problem import Documents, Problem
from conflicts.steps import Steps

Candidate = tuple[Strategy, Steps]
CandidateSearch = Callable[[Problem], Iterable[Candidate]]
"""Yields candidates for a conflict, the best first: what could be done, not yet built or checked."""
Rate = Callable[[Problem, Documents], Ratings]
"""Rates the changed documents of a problem against the present ones."""

_searches: list[CandidateSearch] = []
_rates: list[Rate] = []


def register_search(search: CandidateSearch) -> None:
    """Register a search; searches are asked in the order of their registration, for a candidate each in turn."""
    if search not in _searches:
        _searches.append(search)


def register_rate(rate: Rate) -> None:
    """Register the rating of changes."""
    if rate not in _rates:
        _rates.append(rate)


def registered_searches() -> list[CandidateSearch]:
    return list(_searches)


def rate_change(problem: Problem, changed: Documents) -> Ratings | None:
    """Return the ratings of a change, None where nothing rates it."""
    return next((rate(problem, changed) for rate in _rates), None)
