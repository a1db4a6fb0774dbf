"""Drafts: daily schedules while they are edited, as they are read from their rows and stored in them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.stored_departures import PartOfRow, StoredDepartures, read_parts
from scheduling.domain.document import (
    Candidates,
    ScheduleDocument,
    changed_departures,
    differs_beside_departures,
    edits_between,
)
from scheduling.errors import StaleRevision, UnknownSchedule
from scheduling.models import DailySchedule, ScheduleRevision, schedule_id_of


class ConcurrentWrite(Exception):
    """A concurrent write came first: the write is tried again on fresh documents."""


@dataclass(slots=True)
class Draft:
    """One date's daily schedule while it is edited. `rev` is the revision it was read at; 0: no row yet.

    `stored` is its JSON, with all departures or those alone that were asked for (`stored_departures`). `is_locked`:
    nobody else writes the date before the transaction ends. `version` is the row's (`kept_texts`), where it was read.
    """

    schedule: DailySchedule
    rev: int
    published_at: datetime | None
    stored: Mapping[str, Any]
    is_locked: bool = False
    version: str = ""
    document: ScheduleDocument = field(init=False)
    _original: ScheduleDocument | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.document = ScheduleDocument.read(self.stored)

    @property
    def original(self) -> ScheduleDocument:
        """The document as it was read."""
        if self._original is None:
            # Of what the edit looks at, reading it a second time costs a sixth of a deep copy.
            self._original = ScheduleDocument.read(self.stored)
        return self._original

    @property
    def has_all_departures(self) -> bool:
        """Return whether all departures were read, at first or since."""
        departures = self.stored.get("departures")
        return not isinstance(departures, StoredDepartures) or departures.are_all_read


def read_drafts(
    days: Iterable[date],
    *,
    lock: bool = False,
    departures: Collection[UUID] | None = None,
    candidates: Collection[Candidates] = (),
) -> dict[date, Draft]:
    """Return the latest documents of `days`, in date order; a date without a row has an empty one at revision 0.

    With `departures` these and the `candidates` alone are read, and all others of a date once somebody looks at one: as
    they are by then, which is as they were where the rows are locked.
    """
    days = sorted(days)
    if departures is not None:
        parts = read_parts(days, departures, candidates, lock=lock)
    else:
        rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
        parts = [PartOfRow(row, row.assignments, "") for row in (rows.select_for_update() if lock else rows)]
    found = {part.row.schedule_date: part for part in parts}
    return {day: _draft(found.get(day), day, is_locked=lock) for day in days}


def lock_documents(days: Collection[date]) -> None:
    """Lock these dates in their order: no plan of theirs is written between what is judged here and the commit."""
    rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
    list(rows.select_for_update().values_list("pk"))


def ensure_daily_schedule(day: date) -> None:
    """Store an empty daily schedule where a date has none: something is to hang on it. Call it in a transaction."""
    draft = read_drafts([day], departures=())[day]
    if draft.rev == 0:
        draft.schedule.rev = _first_rev(draft.schedule)
        # Two writers may want it at once: the second waits, and finds that of the first.
        DailySchedule.objects.bulk_create([draft.schedule], ignore_conflicts=True)


def unchanged(day: date) -> Change:
    """Return a date's daily schedule as an empty change: the result of a write that had nothing to change.

    Raises UnknownSchedule where the date has none.
    """
    draft = read_drafts([day], departures=())[day]
    if draft.rev == 0:
        raise UnknownSchedule(f"There is no daily schedule of {day}, and nothing to put into one.")
    return Change(draft.schedule, draft.document, draft.document, frozenset())


def change_of(draft: Draft) -> Change:
    """Return what was edited of a draft so far."""
    changed = changed_departures(draft.original, draft.document)
    return Change(draft.schedule, draft.original, draft.document, changed, draft.version)


def changes_of(drafts: Mapping[date, Draft]) -> dict[date, Change]:
    """Return what was edited of each draft so far, of unchanged ones too."""
    return {day: change_of(draft) for day, draft in drafts.items()}


def has_changes(draft: Draft, change: Change) -> bool:
    """Return whether the draft differs from its row; `change` is what was edited of it."""
    if change.departure_ids or draft.published_at != draft.schedule.published_at:
        return True
    return differs_beside_departures(change.before, change.after)


def store_draft(draft: Draft, change: Change) -> None:
    """Store what was edited of a draft in its row, or in a new one.

    Raises ConcurrentWrite where the row is not the one that was read any more.
    """
    if draft.rev == 0:
        _insert(draft)
    draft.schedule.published_at = draft.published_at
    edits = edits_between(change.before, change.after, change.departure_ids)
    try:
        if edits is None:
            draft.schedule.assignments = change.after.write()
            draft.schedule.save_if_unchanged(since_rev=draft.rev, fields=["assignments", "published_at"])
        else:
            draft.schedule.save_if_unchanged(since_rev=draft.rev, fields=["published_at"], edits=edits)
    except StaleRevision as error:
        # The row has been locked since it was read; should it ever not be, the write is tried again.
        raise ConcurrentWrite from error


def _draft(part: PartOfRow | None, day: date, *, is_locked: bool) -> Draft:
    if part is None:
        new_row = DailySchedule(schedule_id=schedule_id_of(day), schedule_date=day)
        return Draft(new_row, 0, None, new_row.assignments, is_locked)
    return Draft(part.row, part.row.rev, part.row.published_at, part.stored, is_locked, part.version)


def _insert(draft: Draft) -> None:
    schedule = draft.schedule
    schedule.rev = _first_rev(schedule)
    try:
        schedule.save(force_insert=True)
    except IntegrityError as error:
        # A concurrent first write of the date.
        raise ConcurrentWrite from error
    draft.rev = schedule.rev


def _first_rev(schedule: DailySchedule) -> int:
    """The revision at which a new row starts: after those that a row had which maintenance deleted."""
    former = ScheduleRevision.objects.filter(schedule_id=schedule.pk).order_by("-rev").values_list("rev", flat=True)
    return (former.first() or 0) + 1
