"""Reading of paged lists, in parallel where the first page states the total."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Protocol, TypeVar

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call
from scheduling.siblings.errors import SiblingFailure
from scheduling.siblings.parallel import Each, Lookups
from scheduling.siblings.records import Records, SickRecord, Translatable, refuse_sick_list

PAGE_SIZE = 100

Entry_co = TypeVar("Entry_co", covariant=True)
T = TypeVar("T")
Key = TypeVar("Key")


class Page(Translatable, Protocol[Entry_co]):
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


async def read_all_pages(
    lookups: Lookups, sibling: Sibling, operation: str, read: Callable[[int], Awaitable[Page[T]]]
) -> Records[T]:
    """Return the records of all pages, where `read(index)` reads the page of that index, from 0.

    Raises SiblingFailure (suspicious) where too many records are sick.
    """
    [first] = await lookups.map_calls(sibling, read, [0])
    if first.total is None:
        pages = await _read_in_sequence(lookups, sibling, first, read)
    else:
        pages = [first, *await lookups.map_calls(sibling, read, _further_pages(first.total))]
    return _records_of(pages, sibling, operation)


def read_lists(
    lookups: Lookups,
    sibling: Sibling,
    operation: str,
    read: Callable[[Key, int], Awaitable[Page[T]]],
    keys: Collection[Key],
) -> Each[Key, Records[T]]:
    """Start to read what `read_all_pages` does for each of some keys: `read(key, index)` reads a page of its list."""
    return lookups.each_branch(
        sibling, lambda key: read_all_pages(lookups, sibling, operation, partial(read, key)), keys
    )


def _further_pages(total: int) -> range:
    return range(1, -(-total // PAGE_SIZE))


def _records_of(pages: Sequence[Page[T]], sibling: Sibling, operation: str) -> Records[T]:
    entries = [entry for page in pages for entry in page.entries]
    sick = tuple(record for page in pages for record in page.sick)
    refuse_sick_list(sibling, operation, sick, len(entries) + len(sick))
    return Records(entries, sick, pages)


async def _read_in_sequence(
    lookups: Lookups, sibling: Sibling, page: Page[T], read: Callable[[int], Awaitable[Page[T]]]
) -> list[Page[T]]:
    pages = [page]
    while len(pages[-1].entries) + len(pages[-1].sick) >= PAGE_SIZE:
        pages += await lookups.map_calls(sibling, read, [len(pages)])
    return pages
