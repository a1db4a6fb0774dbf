"""The registry of searches for resolution options and of their rating, which other apps provide."""

from collections.abc import Callable, Iterable

from conflicts.choices import Strategy
from conflicts.resolution.changes import Documents
from conflicts.resolution.figures import Ratings
from conflicts.resolution.problem import Problem
from conflicts.steps import Steps

Candidate = tuple[Strategy, Steps]
CandidateSearch = Callable[[Problem], Iterable[Candidate]]
"""Yields candidates for a conflict, the best first: what could be done, not yet built or checked."""
Help = Callable[[Problem], list[str]]
"""Says what would help: changes outside of the plan, a sentence each."""
Rate = Callable[[Problem, Documents, Documents], Ratings]
"""Rates a change of a problem's documents by the parts that differ, as they are and as they would be."""

_searches: list[CandidateSearch] = []
_last_resorts: list[CandidateSearch] = []
_helps: list[Help] = []
_rates: list[Rate] = []


def register_search(search: CandidateSearch) -> None:
    """Register a search; searches are asked in the order of their registration, for a candidate each in turn."""
    if search not in _searches:
        _searches.append(search)


def register_last_resort(search: CandidateSearch) -> None:
    """Register a search that is asked only where the others find nothing."""
    if search not in _last_resorts:
        _last_resorts.append(search)


def register_help(help_with: Help) -> None:
    """Register who says what would help where no search finds anything."""
    if help_with not in _helps:
        _helps.append(help_with)


def register_rate(rate: Rate) -> None:
    """Register the rating of changes."""
    if rate not in _rates:
        _rates.append(rate)


def registered_searches() -> list[CandidateSearch]:
    return list(_searches)


def registered_last_resorts() -> list[CandidateSearch]:
    return list(_last_resorts)


def rate_change(problem: Problem, before: Documents, after: Documents) -> Ratings | None:
    """Return the ratings of a change, None where nothing rates it."""
    return next((rate(problem, before, after) for rate in _rates), None)


def what_would_help(problem: Problem) -> list[str]:
    """Return sentences on changes outside of the plan, each of which would be enough."""
    return [sentence for help_with in _helps for sentence in help_with(problem)]
