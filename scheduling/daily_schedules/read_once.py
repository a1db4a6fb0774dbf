"""What a write reads around its departures, once: the rules, the detectors and the checker look at the same.

Behind the locks of the write it stays as it is until the commit. What guides enter for departures of its dates waits
for these documents, and departures of other dates that share a base camp for its location. A write that changes entries
itself reads them anew once it has stored them.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")
_read: ContextVar[dict[Hashable, Any] | None] = ContextVar("what a write has read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Keep what is read in the block, which begins behind the locks of a write, until it ends.

    A write inside another one may change what that one has read.
    """
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)
        forget_what_was_read()


def once(key: Hashable, read: Callable[[], T]) -> T:
    """Return what the write under way has read under this key, or read it; without a write it is read each time."""
    known = _read.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    return cast(T, known[key])


def forget_what_was_read() -> None:
    """Have everything read anew from here on."""
    known = _read.get()
    if known is not None:
        known.clear()
