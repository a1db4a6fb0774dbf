"""The gaps of a snapshot: facts that are unknown because a sibling did not answer or a record breaks its contract."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from threading import Lock
from typing import TypeVar

from scheduling.domain.facts import LeftOut, RecordKind, Sibling
from scheduling.siblings import SiblingNotFound, SiblingUnavailable
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.records import Records, SickRecord
from scheduling.siblings.tasks import Work

T = TypeVar("T")
K = TypeVar("K")

MAX_NAMED = 4

ReadAt = Mapping[Sibling, datetime]


class Gaps:
    """The facts left unknown by siblings without which a decision is possible. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._unknown: dict[Sibling, set[str]] = defaultdict(set)
        self._left_out: set[LeftOut] = set()

    def note(self, sibling: Sibling, subject: str) -> None:
        """Record that `subject`, in words for a person, is unknown because `sibling` did not answer."""
        with self._lock:
            self._unknown[sibling].add(subject)

    def read_or_note(self, sibling: Sibling, subject: str, read: Callable[[], T]) -> T | None:
        """Return what `read` returns; None, with `subject` noted, where the sibling does not answer."""
        try:
            return read()
        except (SiblingUnavailable, SiblingNotFound):
            self.note(sibling, subject)
            return None

    async def answer_or_note(self, sibling: Sibling, subject: str, answer: Awaitable[T]) -> T | None:
        """Return an answer when it is there; None, with `subject` noted, where the sibling does not answer."""
        try:
            return await answer
        except (SiblingUnavailable, SiblingNotFound):
            self.note(sibling, subject)
            return None

    def leave_out(self, sibling: Sibling, kind: RecordKind, sick: Iterable[SickRecord]) -> None:
        """Record that these records of `sibling` were left out."""
        with self._lock:
            self._left_out |= {LeftOut(sibling, kind, record.id, record.reason) for record in sick}

    def sound(self, sibling: Sibling, kind: RecordKind, records: Records[T]) -> list[T]:
        """Return the records on the contract, and record that the others were left out."""
        self.leave_out(sibling, kind, records.sick)
        return records.entries

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return the records that were left out, in a fixed order."""
        with self._lock:
            return tuple(sorted(self._left_out, key=lambda record: (record.kind, str(record.id), record.reason)))

    def sentences(self) -> Mapping[Sibling, str]:
        """Return for each silent sibling a sentence on what is unknown because of it."""
        with self._lock:
            return {sibling: _sentence(sibling, sorted(subjects)) for sibling, subjects in self._unknown.items()}


def _sentence(sibling: Sibling, subjects: list[str]) -> str:
    shown = ", ".join(subjects[:MAX_NAMED])
    more = f" and {len(subjects) - MAX_NAMED} more" if len(subjects) > MAX_NAMED else ""
    return f"{sibling} did not answer; not known: {shown}{more}."


def with_default(read: Callable[[SiblingReader, K], Awaitable[T]], default: T) -> Callable[[SiblingReader, K], Work[T]]:
    """Return a function that reads as `read` does and returns `default` where the sibling answers 404."""

    async def read_or_default(reader: SiblingReader, key: K) -> T:
        try:
            return await read(reader, key)
        except SiblingNotFound:
            return default

    return read_or_default


def earlier(first: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two moments, of which either may be missing."""
    return min((moment for moment in (first, other) if moment), default=None)


def oldest_read_at(first: ReadAt, other: ReadAt) -> ReadAt:
    """Merge read times: for each sibling the earlier of the two."""
    return {
        sibling: min(times[sibling] for times in (first, other) if sibling in times)
        for sibling in first.keys() | other.keys()
    }
