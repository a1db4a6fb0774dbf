"""Reading of paged lists, in parallel where the first page states the total."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call
from scheduling.siblings.errors import SiblingFailure
from scheduling.siblings.parallel import Lookups

PAGE_SIZE = 100

Entry_co = TypeVar("Entry_co", covariant=True)
T = TypeVar("T")


class Page(Protocol[Entry_co]):
    """One page of a list; `total` is the number of entries in all pages, None where unstated."""

    @property
    def entries(self) -> Sequence[Entry_co]: ...

    @property
    def total(self) -> int | None: ...


def completeness_of(call: Call, index: int) -> Callable[[Page[T]], None]:
    """Return the check of the page of `index`, from 0, for a read with `PAGE_SIZE` entries a page.

    It raises SiblingFailure (off_contract) for a page with fewer entries than the total that it states leaves for it:
    entries that are missing must not be taken for entries that do not exist.
    """
    return partial(_refuse_incomplete, call, index)


def _refuse_incomplete(call: Call, index: int, page: Page[T]) -> None:
    expected = 0 if page.total is None else min(PAGE_SIZE, page.total - index * PAGE_SIZE)
    if len(page.entries) < expected:
        why = (
            f"page {index + 1} has {len(page.entries)} of the {expected} entries that its total of {page.total} leaves"
        )
        raise SiblingFailure(call.sibling, call.operation, "off_contract", why)


def read_all_pages(lookups: Lookups, sibling: Sibling, read: Callable[[int], Page[T]]) -> list[T]:
    """Return the entries of all pages, where `read(index)` reads the page of that index, from 0."""
    [first] = lookups.map_calls(sibling, read, [0])
    if first.total is None:
        return _read_in_sequence(first, read)
    rest = lookups.map_calls(sibling, read, range(1, -(-first.total // PAGE_SIZE)))
    return [entry for page in (first, *rest) for entry in page.entries]


def _read_in_sequence(page: Page[T], read: Callable[[int], Page[T]]) -> list[T]:
    entries, index = list(page.entries), 0
    while len(page.entries) >= PAGE_SIZE:
        index += 1
        page = read(index)
        entries += page.entries
    return entries
