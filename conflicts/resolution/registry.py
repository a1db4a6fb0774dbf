"""Where another app hangs its searches for resolution options."""

from collections.abc import Callable

from conflicts.choices import Strategy
from conflicts.options import Option
from conflicts.resolution.problem import Problem

OptionSearch = Callable[[Problem], list[Option]]

_ORDER = list(Strategy)
_searches: dict[Strategy, OptionSearch] = {}


def register_option_search(strategy: Strategy, search: OptionSearch) -> None:
    """Have `search` asked for the options of `strategy`; it answers none where it has nothing to offer."""
    _searches[strategy] = search


def search_options(problem: Problem) -> list[Option]:
    """Every way out that the registered searches find, in the order of the strategies, each best first."""
    return [option for strategy in sorted(_searches, key=_ORDER.index) for option in _searches[strategy](problem)]
