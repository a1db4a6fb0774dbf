"""The registry of searches for resolution options, which other apps provide."""

from collections.abc import Callable

from conflicts.choices import Strategy
from conflicts.options import Option
from conflicts.resolution.problem import Problem

OptionSearch = Callable[[Problem], list[Option]]

_ORDER = list(Strategy)
_searches: dict[Strategy, OptionSearch] = {}


def register_option_search(strategy: Strategy, search: OptionSearch) -> None:
    """Register `search` for the options of `strategy`; it returns an empty list where it finds none."""
    _searches[strategy] = search


def search_options(problem: Problem) -> list[Option]:
    """Return the options of every registered search, in the order of the strategies, each best first."""
    return [option for strategy in sorted(_searches, key=_ORDER.index) for option in _searches[strategy](problem)]
