"""What the rounds of reading for one decision look at once: each would look at it again before it asks siblings.

A decision rests on what its rounds read together, so that no round need see what somebody else wrote since the first.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_seen: ContextVar[dict[str, Any] | None] = ContextVar("seen_in_one_reading", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Let all rounds of reading within the block, in its thread, go by what the first of them saw."""
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def is_one_reading() -> bool:
    """Return whether a block of `one_reading` is under way."""
    return _seen.get() is not None


def seen(what: str, look: Callable[[], T], *, serves: Callable[[T], bool]) -> T:
    """Return what the reading under way has seen, if that serves; else, and outside of a reading, look."""
    found = _seen.get()
    if found is not None and what in found and serves(found[what]):
        known: T = found[what]
        return known
    looked = look()
    see(what, looked)
    return looked


def see(what: str, value: Any) -> None:
    """Let the reading under way, if there is one, go on with what it has written itself, or looked at."""
    found = _seen.get()
    if found is not None:
        found[what] = value


def look_again(*what: str) -> None:
    """Let the reading under way look again at this, or at everything where nothing is named."""
    found = _seen.get()
    if found is not None:
        for name in what or tuple(found):
            found.pop(name, None)
