"""Readings that the searches for options of some conflicts share: a storm is hundreds of conflicts about one date."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any, TypeVar
from uuid import UUID

from scheduling.domain.facts import Span
from scheduling.domain.limits import ONE_DAY

T = TypeVar("T")


@dataclass(slots=True)
class SharedReading:
    """What was read for a conflict, kept for the next one. Not older than the work on one message of the queue.

    `about` are departures of the conflicts that share it, as far as they are known beforehand: what their options need
    to know of their teams is read at once.
    """

    about: frozenset[UUID] = frozenset()
    _kept: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what `read` returned when it was first asked for by this key; what it raises is not kept."""
        if key not in self._kept:
            self._kept[key] = read()
        kept: T = self._kept[key]
        return kept

    def once_of(self, what: Hashable, objects: Sequence[object], work_out: Callable[[], T]) -> T:
        """Return what `work_out` returned when it was first asked for by this name and these very objects.

        They are told apart by their identity, not by comparing thousands of departures; what depends on another
        object, too, needs it among them.
        """
        # The objects are kept: the identity of one that is let go could become that of another.
        kept: T = self.once((what, *map(id, objects)), lambda: (work_out(), tuple(objects)))[0]
        return kept

    def keep(self, key: Hashable, value: T) -> T:
        """Keep a value in place of what was read, and return it."""
        self._kept[key] = value
        return value


def whole_days(span: Span) -> Span:
    """Return the span from the midnight before to the midnight after it, in UTC: equal for conflicts of one date."""
    first, last = span.starts_at.astimezone(UTC).date(), span.ends_at.astimezone(UTC).date() + ONE_DAY
    return Span(datetime.combine(first, time.min, UTC), datetime.combine(last, time.min, UTC))
