"""What is derived from a field of a value once, and kept for all values that have the field from it."""

from collections.abc import Callable, Collection
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_KEPT = "_kept"


class Derived(Generic[T]):
    """A property that is computed once from one field."""

    def __init__(self, source: str, compute: Callable[[Any], T]) -> None:
        self._source, self._compute = source, compute

    def __get__(self, value: Any, owner: type) -> T:
        kept = _kept_of(value, self._source)
        if self not in kept:
            kept[self] = self._compute(value)
        return kept[self]  # type: ignore[no-any-return]


def derived_from(source: str) -> Callable[[Callable[[Any], T]], Derived[T]]:
    """Make a method a property that is computed once from the field `source`."""
    return lambda compute: Derived(source, compute)


def share_derived(sources: Collection[str], *, by: Any, to: Any) -> None:
    """Have two values whose `sources` are the same fields derive what follows from these once for both."""
    vars(to)[_KEPT] = {source: _kept_of(by, source) for source in sources}


def _kept_of(value: Any, source: str) -> dict[Any, Any]:
    kept: dict[Any, Any] = vars(value).setdefault(_KEPT, {}).setdefault(source, {})
    return kept
