"""Every page of a list, side by side where the first one says how many there are."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from scheduling.domain.facts import Sibling
from scheduling.siblings.parallel import Lookups

PAGE_SIZE = 100

Entry_co = TypeVar("Entry_co", covariant=True)
T = TypeVar("T")


class Page(Protocol[Entry_co]):
    """One page of a list; `total` is the count of entries in all pages, where the sibling says it."""

    @property
    def entries(self) -> Sequence[Entry_co]: ...

    @property
    def total(self) -> int | None: ...


def every_entry(lookups: Lookups, sibling: Sibling, read: Callable[[int], Page[T]]) -> list[T]:
    """The entries of all pages, where `read(index)` reads the page of that index, from 0."""
    [first] = lookups.each(sibling, read, [0])
    if first.total is None:
        return _one_after_another(first, read)
    rest = lookups.each(sibling, read, range(1, -(-first.total // PAGE_SIZE)))
    return [entry for page in (first, *rest) for entry in page.entries]


def _one_after_another(page: Page[T], read: Callable[[int], Page[T]]) -> list[T]:
    entries, index = list(page.entries), 0
    while len(page.entries) >= PAGE_SIZE:
        index += 1
        page = read(index)
        entries += page.entries
    return entries
