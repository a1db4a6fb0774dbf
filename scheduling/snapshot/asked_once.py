"""What svc-guide-management said of single guides in one run of planning, so that each guide is asked about once.

A run plans many dates, and the same guides pass every other rule on most of them. What is kept here is as old as the
cache of the siblings' responses would let it be, and no older; decisions on fresh facts do not see it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from scheduling.domain.facts import Certificate
from scheduling.siblings.guide_management import GUIDES_LIFETIME, AvailabilityPayload

T = TypeVar("T")


@dataclass(slots=True)
class Known(Generic[T]):
    """Answers about guides, each with the time at which it was read."""

    _answers: dict[UUID, tuple[datetime, T]] = field(default_factory=dict)

    def of(self, guide_ids: Collection[UUID], *, since: datetime) -> dict[UUID, T]:
        """Return what is known of these guides, and was read after `since`."""
        found = {key: self._answers[key] for key in guide_ids if key in self._answers}
        return {key: answer for key, (read_at, answer) in found.items() if read_at > since}

    def read_at(self, guide_ids: Collection[UUID]) -> datetime | None:
        """Return when the oldest answer about these guides was read, None without any."""
        return min((self._answers[key][0] for key in guide_ids if key in self._answers), default=None)

    def keep(self, answers: Mapping[UUID, T], read_at: datetime | None) -> None:
        """Keep answers that were read and believed."""
        if read_at is not None:
            self._answers |= {key: (read_at, answer) for key, answer in answers.items()}


@dataclass(frozen=True, slots=True)
class GuidesAsked:
    """The answers of a run over the dates from `first` to `last`, of use while they are no older than `max_age`."""

    first: date
    last: date
    max_age: timedelta = GUIDES_LIFETIME
    certificates: Known[tuple[Certificate, ...]] = field(default_factory=Known)
    windows: Known[list[AvailabilityPayload]] = field(default_factory=Known)

    @property
    def oldest(self) -> datetime:
        """The moment before which an answer is too old."""
        return datetime.now(UTC) - self.max_age


_of_run: ContextVar[GuidesAsked | None] = ContextVar("guides_asked_in_run", default=None)


@contextmanager
def asking_once(asked: GuidesAsked) -> Iterator[None]:
    """Let what is asked about single guides within the block be answered from `asked`, and kept there."""
    token = _of_run.set(asked)
    try:
        yield
    finally:
        _of_run.reset(token)


def asked_in_run(first: date, last: date) -> GuidesAsked:
    """Return the answers of the run under way if it covers these dates, else those of nobody: none."""
    of_run = _of_run.get()
    return of_run if of_run and of_run.first <= first and last <= of_run.last else GuidesAsked(first, last)
