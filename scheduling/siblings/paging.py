"""Reading of paged lists, in parallel where the first page states the total."""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property, partial
from typing import Generic, Protocol, TypeVar

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call
from scheduling.siblings.errors import SiblingFailure
from scheduling.siblings.parallel import Each, Lookups
from scheduling.siblings.records import Records, SickRecord, refuse_sick_list

PAGE_SIZE = 100

Entry_co = TypeVar("Entry_co", covariant=True)
T = TypeVar("T")
Key = TypeVar("Key")


class Page(Protocol[Entry_co]):
    """One page of a list; `total` is the number of records in all pages, sick ones too, None where unstated."""

    @property
    def entries(self) -> Sequence[Entry_co]: ...

    @property
    def sick(self) -> Sequence[SickRecord]: ...

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
    listed = len(page.entries) + len(page.sick)
    if listed < expected:
        why = f"page {index + 1} has {listed} of the {expected} entries that its total of {page.total} leaves"
        raise SiblingFailure(call.sibling, call.operation, "off_contract", why)


def read_all_pages(lookups: Lookups, sibling: Sibling, operation: str, read: Callable[[int], Page[T]]) -> Records[T]:
    """Return the records of all pages, where `read(index)` reads the page of that index, from 0.

    Raises SiblingFailure (suspicious) where too many records are sick.
    """
    [first] = lookups.map_calls(sibling, read, [0])
    if first.total is None:
        pages = _read_in_sequence(first, read)
    else:
        pages = [first, *lookups.map_calls(sibling, read, _further_pages(first.total))]
    return _records_of(pages, sibling, operation)


class Lists(Generic[Key, T]):
    """A paged list for each of some keys: all their first pages at once, and then all others.

    `read(key, index)` reads a page of the list of `key`.
    """

    def __init__(
        self,
        lookups: Lookups,
        sibling: Sibling,
        operation: str,
        read: Callable[[Key, int], Page[T]],
        keys: Collection[Key],
    ) -> None:
        self._lookups = lookups
        self._sibling = sibling
        self._operation = operation
        self._read = read
        self._first = lookups.each(sibling, lambda key: read(key, 0), keys)

    def of(self, key: Key) -> Records[T]:
        """Return the records of all pages of a list. Raises what reading it raised, as `read_all_pages` does."""
        first = self._first.of(key)
        if first.total is None:
            pages = _read_in_sequence(first, partial(self._read, key))
        else:
            pages = [first, *(self._others.of((key, index)) for index in _further_pages(first.total))]
        return _records_of(pages, self._sibling, self._operation)

    @cached_property
    def _others(self) -> Each[tuple[Key, int], Page[T]]:
        """The running calls for the other pages of all lists whose first page was read."""
        totals = {key: page.total for key, page in self._first.results().items() if page.total is not None}
        places = [(key, index) for key, total in totals.items() for index in _further_pages(total)]
        return self._lookups.each(self._sibling, lambda place: self._read(*place), places)


def _further_pages(total: int) -> range:
    return range(1, -(-total // PAGE_SIZE))


def _records_of(pages: Sequence[Page[T]], sibling: Sibling, operation: str) -> Records[T]:
    entries = [entry for page in pages for entry in page.entries]
    sick = tuple(record for page in pages for record in page.sick)
    refuse_sick_list(sibling, operation, sick, len(entries) + len(sick))
    return Records(entries, sick)


def _read_in_sequence(page: Page[T], read: Callable[[int], Page[T]]) -> list[Page[T]]:
    pages = [page]
    while len(pages[-1].entries) + len(pages[-1].sick) >= PAGE_SIZE:
        pages.append(read(len(pages)))
    return pages
