"""The gaps of a snapshot: facts that siblings did not answer, collected while their answers come in."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import datetime
from threading import Lock
from typing import TypeVar

from scheduling.domain.facts import Sibling
from scheduling.siblings import SiblingNotFound, SiblingUnavailable
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups

T = TypeVar("T")
K = TypeVar("K")

NAMED_AT_MOST = 4

ReadAt = Mapping[Sibling, datetime]


class Gaps:
    """The siblings that can be gone without, and what each didn't tell. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._unknown: dict[Sibling, set[str]] = defaultdict(set)

    def note(self, sibling: Sibling, what: str) -> None:
        """`what` is not known, because `sibling` did not tell."""
        with self._lock:
            self._unknown[sibling].add(what)

    def filled(self, lookups: Lookups, sibling: Sibling, future: Future[T], what: str) -> T | None:
        """The answer; None, and `what` noted as unknown, where nobody answers."""
        return self.told(sibling, what, lambda: lookups.result(sibling, future))

    def told(self, sibling: Sibling, what: str, ask: Callable[[], T]) -> T | None:
        """Return what `ask` returns; None, with `what` noted as unknown, where the sibling does not answer."""
        try:
            return ask()
        except (SiblingUnavailable, SiblingNotFound):
            self.note(sibling, what)
            return None

    def sentences(self) -> Mapping[Sibling, str]:
        """For each silent sibling what that leaves unknown, for a person to read."""
        with self._lock:
            return {sibling: _sentence(sibling, sorted(what)) for sibling, what in self._unknown.items()}


def _sentence(sibling: Sibling, what: list[str]) -> str:
    shown = ", ".join(what[:NAMED_AT_MOST])
    more = f" and {len(what) - NAMED_AT_MOST} more" if len(what) > NAMED_AT_MOST else ""
    return f"{sibling} did not answer; not known: {shown}{more}."


def or_nothing(read: Callable[[SiblingReader, K], T], nothing: T) -> Callable[[SiblingReader, K], T]:
    """`read`, with `nothing` for what the sibling says it has nothing about."""

    def reading(reader: SiblingReader, key: K) -> T:
        try:
            return read(reader, key)
        except SiblingNotFound:
            return nothing

    return reading


def together(first: ReadAt, other: ReadAt) -> ReadAt:
    """For each sibling the time at which the oldest of its answers was read."""
    return {
        sibling: min(times[sibling] for times in (first, other) if sibling in times)
        for sibling in first.keys() | other.keys()
    }
