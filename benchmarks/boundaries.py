"""The CPU time of the parts of a program, taken where it enters and leaves its own functions."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from types import FunctionType
from typing import Any

Boundaries = Mapping[str, Sequence[str]]
"""Of each part the functions that it begins and ends with, as `module:function`."""


class PartTimes:
    """CPU seconds of this process, all its threads together, by the part that the main thread is in.

    A part within another counts for itself alone; what is in none is the rest.
    """

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.seconds: Counter[str] = Counter()
        self._clock = clock
        self._stack = ["rest"]
        self._since = clock()

    @contextmanager
    def within(self, part: str) -> Iterator[None]:
        """Count what happens here for a part."""
        self._note()
        self._stack.append(part)
        try:
            yield
        finally:
            self._note()
            self._stack.pop()

    def taken(self) -> dict[str, float]:
        """Return the seconds of each part since the last call."""
        self._note()
        taken, self.seconds = dict(self.seconds), Counter()
        return taken

    def _note(self) -> None:
        now = self._clock()
        self.seconds[self._stack[-1]] += now - self._since
        self._since = now


def watch(boundaries: Boundaries, times: PartTimes, hooks: Sequence[list[Any]] = ()) -> None:
    """Have every module, and every hook, call the functions of `boundaries` by way of `times`.

    To be called once all modules are imported. Raises AttributeError for a function that there is not.
    """
    watched: dict[FunctionType, Callable[..., Any]] = {}
    for part, names in boundaries.items():
        for module, _, name in (place.partition(":") for place in names):
            function = getattr(import_module(module), name)
            watched[function] = _timed(function, part, times)
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if isinstance(value, FunctionType) and value in watched:
                setattr(module, name, watched[value])
    for functions in hooks:
        functions[:] = [watched.get(function, function) for function in functions]


def _timed(function: FunctionType, part: str, times: PartTimes) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            return function(*args, **kwargs)
        with times.within(part):
            return function(*args, **kwargs)

    return timed
