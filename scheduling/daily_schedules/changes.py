"""A write of a daily schedule, and the hook on which other apps detect conflicts in its transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scheduling.domain.document import ScheduleDocument
from scheduling.hooks import Hook
from scheduling.models import DailySchedule
from scheduling.rules import Facts


@dataclass(frozen=True, slots=True)
class Change:
    """One daily schedule as it was and as it was written, and the departures that differ.

    `replaced` is the version of the row that was written over (`kept_texts`), where it was read.
    """

    schedule: DailySchedule
    before: ScheduleDocument
    after: ScheduleDocument
    departure_ids: frozenset[UUID]
    replaced: str = ""

    @property
    def departures_cancelled(self) -> list[UUID]:
        """The departures that the write cancels, of those that were there before."""
        before, after = self.before.departures, self.after.departures
        keys = sorted(self.departure_ids & before.keys() & after.keys())
        return [key for key in keys if after[key].is_cancelled and not before[key].is_cancelled]

    @property
    def departures_added(self) -> frozenset[UUID]:
        before, after = self.before.departures, self.after.departures
        return frozenset(key for key in self.departure_ids if key in after and key not in before)


detectors: Hook[[Mapping[date, Change], Facts | None], object] = Hook()
"""(changes, facts): a write, called in its own transaction, with the facts it was decided on.

Facts are None where the writer had none: an event, or a guide adjustment.
"""
