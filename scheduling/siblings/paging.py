"""Reading of paged lists, in parallel where the first page states the total."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call
from scheduling.siblings.errors import SiblingFailure
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.records import Records, SickRecord, refuse_sick_list

PAGE_SIZE = 100

Entry_co = TypeVar("Entry_co", covariant=True)
T = TypeVar("T")


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
        pages = [first, *lookups.map_calls(sibling, read, range(1, -(-first.total // PAGE_SIZE)))]
    entries = [entry for page in pages for entry in page.entries]
    sick = tuple(record for page in pages for record in page.sick)
    refuse_sick_list(sibling, operation, sick, len(entries) + len(sick))
    return Records(entries, sick)


def _read_in_sequence(page: Page[T], read: Callable[[int], Page[T]]) -> list[Page[T]]:
    pages = [page]
    while len(pages[-1].entries) + len(pages[-1].sick) >= PAGE_SIZE:
        pages.append(read(len(pages)))
    return pages
