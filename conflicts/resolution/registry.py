"""The registry of searches for resolution options, which other apps provide."""

from collections.abc import Callable, Iterable

from conflicts.choices import Strategy
from conflicts.options import Option
from conflicts.resolution.problem import Problem
from conflicts.steps import Steps

OptionSearch = Callable[[Problem], list[Option]]
Candidate = tuple[Strategy, Steps]
CandidateSearch = Callable[[Problem], Iterable[Candidate]]
"""Yields candidates for a conflict, the best first: what could be done, not yet built or checked."""

_ORDER = list(Strategy)
_searches: dict[Strategy, OptionSearch] = {}


def register_option_search(strategy: Strategy, search: OptionSearch) -> None:
    """Register `search` for the options of `strategy`; it returns an empty list where it finds none."""
    _searches[strategy] = search


def search_options(problem: Problem) -> list[Option]:
    """Return the options of every registered search, in the order of the strategies, each best first."""
    return [option for strategy in sorted(_searches, key=_ORDER.index) for option in _searches[strategy](problem)]
