"""The one way to write a daily schedule: an edit of the latest document, version-checked, in one transaction.

Two plans that are each legal can together put one guide on two boats, so a write first locks the guides it touches,
then the documents in date order, and checks the hard rules against the commitments as they are then. Isolation is
READ COMMITTED: everything that the check depends on is read after the locks. Reservations that change their departure
are locked before the guides.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from novatrek_scheduling.errors import FieldProblem
from scheduling.daily_schedules.authors import Author, set_author, set_principal
from scheduling.daily_schedules.changes import Change, detectors
from scheduling.daily_schedules.commitments import delete_commitments, lock_guides, store_commitments
from scheduling.daily_schedules.departure_dates import check_one_date_each
from scheduling.daily_schedules.drafts import (
    ConcurrentWrite,
    Draft,
    changes_of,
    has_changes,
    lock_documents,
    read_drafts,
    store_draft,
)
from scheduling.daily_schedules.guide_names import rename_guides
from scheduling.daily_schedules.hard_rules import enforce_hard_rules
from scheduling.daily_schedules.heard_notes import departures_noted, hear_notes
from scheduling.daily_schedules.nullification import count_nullified
from scheduling.daily_schedules.reached import adjusted_guides, departures_reached
from scheduling.daily_schedules.read_once import forget_what_was_read, reading_once
from scheduling.daily_schedules.refusals import refusals_in_our_words
from scheduling.daily_schedules.seats import (
    LockedGuests,
    Reseating,
    departures_with_seats_at_stake,
    lock_guests_of,
    seat_guests,
)
from scheduling.daily_schedules.touched_guides import Foreseen, guides_touched, recommitted_departures
from scheduling.domain.document import Candidates, ScheduleDocument
from scheduling.errors import ContentionNotResolved, DepartureUnreadable, StaleRevision
from scheduling.metrics import schedule_write_retries, schedule_writes, schedule_writes_exhausted
from scheduling.rules import Facts

TRIES = 3
LOCK_TIMEOUT_MS = 5_000

Edit = Callable[[Mapping[date, Draft]], None]
AfterWrite = Callable[[Mapping[date, Change]], None]


def write_daily_schedules(
    days: Iterable[date],
    edit: Edit,
    *,
    author: Author,
    facts: Facts | None = None,
    since_revs: Mapping[date, int] | None = None,
    principal: str = "",
    reseating: Reseating | None = None,
    after_write: AfterWrite | None = None,
    is_override: bool = False,
    departures: Collection[UUID] | None = None,
    candidates: Collection[Candidates] = (),
    foreseen: Foreseen | None = None,
) -> Mapping[date, Change]:
    """Apply `edit` to the latest documents of `days` and store what it changed, all or nothing.

    `edit` may be called several times, each time on fresh documents, with the same result on the same ones;
    it sets the writer's own fields only. Notes of guides among them take confirmations back, on other dates too.
    With `facts` the hard rules are checked, with `is_override` those alone whose risk nobody may take; without facts,
    the change is a fact from outside and is stored as it is.
    `since_revs` names the revisions that the change was made on. `reseating` are guests who change their departure;
    whatever `edit` does to departures, their reservations are those of the table. `departures` are those that `edit`
    looks at, where that is known: they are read alone, and others once somebody looks at one. With them `candidates`
    are read, if it looks at some departures by what they are, and guides are renamed on these alone.
    `foreseen` is what it will touch, where the caller knows: it is locked without a look at the documents before, and
    where they show more under the locks, the write is tried again.
    `after_write` runs in the same transaction, whether or not anything changed. A write that changes nothing writes
    nothing.

    Raises HardRuleViolated with the rules that would newly be broken, DepartureElsewhere where a departure would be on
    two dates, StaleRevision without a retry where a date is at another revision than `since_revs` names, and
    ContentionNotResolved when each of three tries met a concurrent change.
    """
    write = _Write(
        sorted(set(days)),
        edit,
        author,
        facts,
        since_revs or {},
        principal,
        reseating,
        after_write,
        is_override,
        departures,
        candidates,
        foreseen,
    )
    retrying = Retrying(
        retry=retry_if_exception_type(ConcurrentWrite),
        stop=stop_after_attempt(TRIES),
        wait=wait_exponential_jitter(multiplier=0.02, max=0.5, jitter=0.05),
        before_sleep=_count_retry,
        retry_error_callback=_raise_contention,
    )
    changes = retrying(write.attempt)
    schedule_writes.inc(len(changes))
    return changes


def _count_retry(_: RetryCallState) -> None:
    schedule_write_retries.inc()


def _raise_contention(_: RetryCallState) -> Mapping[date, Change]:
    schedule_writes_exhausted.inc()
    raise ContentionNotResolved(f"The daily schedule changed concurrently: each of {TRIES} tries met another change.")


@dataclass(slots=True)
class _Write:
    days: list[date]
    edit: Edit
    author: Author
    facts: Facts | None
    since_revs: Mapping[date, int]
    principal: str
    reseating: Reseating | None
    after_write: AfterWrite | None
    is_override: bool
    asked_for: Collection[UUID] | None
    candidates: Collection[Candidates]
    foreseen: Foreseen | None
    guides: set[UUID] = field(default_factory=set)
    added: frozenset[UUID] = frozenset()
    reached: set[date] = field(default_factory=set)
    departures: set[UUID] = field(default_factory=set)

    def attempt(self) -> Mapping[date, Change]:
        if self.foreseen is not None:
            self.guides |= self.foreseen.guides
            self.departures |= self.foreseen.departures_added
            # If others come first, it has not seen everything.
            self.foreseen = None
        else:
            self._look_ahead()
        with refusals_in_our_words(lambda: self.added), transaction.atomic():
            return self._write()

    def _look_ahead(self) -> None:
        """Try the edit without locks, to learn what it touches."""
        drafts = self._edited(self._read())
        preview = changes_of(drafts)
        self.guides |= guides_touched(preview)
        self.reached |= departures_reached(preview).keys()
        self.departures |= departures_with_seats_at_stake(preview, self.reseating)
        if any(draft.has_all_departures for draft in drafts.values()):
            # It looks at others: they are read with the row at once.
            self.asked_for = None

    def _read(self, *, lock: bool = False) -> dict[date, Draft]:
        return read_drafts(self.days, lock=lock, departures=self.asked_for, candidates=self.candidates)

    def _edited(self, drafts: dict[date, Draft]) -> dict[date, Draft]:
        for day, draft in drafts.items():
            expected = self.since_revs.get(day)
            if expected is not None and expected != draft.rev:
                raise StaleRevision(day, since_rev=expected, current_rev=draft.rev)
        self.edit(drafts)
        if self.facts is not None and self.facts.snapshot.lists_all_guides:
            documents = [draft.document for draft in drafts.values()]
            rename_guides(documents, self.facts.snapshot.guides, among=self.candidates)
        for day, draft in drafts.items():
            _refuse_overwriting(draft.document, day)
        return drafts

    def _write(self) -> Mapping[date, Change]:
        set_author(self.author, lock_timeout_ms=LOCK_TIMEOUT_MS)
        guests = lock_guests_of(self.departures, self.reseating)
        lock_guides(self.guides)
        if self.reached:
            lock_documents({*self.days, *self.reached})
        drafts = self._read(lock=True)
        with reading_once():
            return self._write_locked(drafts, guests)

    def _write_locked(self, drafts: dict[date, Draft], guests: LockedGuests) -> Mapping[date, Change]:
        edited = changes_of(self._edited(drafts))
        touched, reached = guides_touched(edited), departures_reached(edited).keys()
        departures = departures_with_seats_at_stake(edited, self.reseating)
        are_locked = touched <= self.guides and guests.include_all_of(departures)
        if not (are_locked and reached <= {*self.days, *self.reached}):
            self.guides |= touched
            self.departures |= departures
            self.reached |= reached
            raise ConcurrentWrite
        if seat_guests([draft.document for draft in drafts.values()], departures, self.reseating):
            edited = changes_of(drafts)
        changes = {day: change for day, change in edited.items() if has_changes(drafts[day], change)}
        if self.facts is not None:
            enforce_hard_rules(changes, self.facts, is_override=self.is_override)
        noted = departures_noted(changes)
        if noted:
            # Only now: it is no plan of the writer's that the rules judge, but follows from what the guide entered.
            drafts |= read_drafts(noted.keys() - drafts.keys())
            hear_notes({day: draft.document for day, draft in drafts.items()}, changes, noted, timezone.now())
            changes = {day: change for day, change in changes_of(drafts).items() if has_changes(drafts[day], change)}
        if self.principal:
            set_principal(self.principal)
        self._store(drafts, changes)
        if any(map(adjusted_guides, changes.values())):
            forget_what_was_read()
        detectors(changes, self.facts)
        if self.after_write:
            self.after_write(changes)
        return changes

    def _store(self, drafts: Mapping[date, Draft], changes: Mapping[date, Change]) -> None:
        recommitted = {day: recommitted_departures(change) for day, change in changes.items()}
        for day, departure_ids in recommitted.items():
            delete_commitments(day, departure_ids)
        for day, change in changes.items():
            store_draft(drafts[day], change)
            store_commitments(change.after, day, recommitted[day])
            if self.principal:
                count_nullified(change, self.author)
        self.added = frozenset().union(*(change.departures_added for change in changes.values()))
        if self.added:
            check_one_date_each()
        if self.principal:
            set_principal("")


def _refuse_overwriting(document: ScheduleDocument, day: date) -> None:
    """Raise DepartureUnreadable where the document has a departure in the place of one that cannot be read."""
    for key in sorted(document.departures.replaced_unread):
        raise DepartureUnreadable(
            f"Departure {key} of {day} is stored in a form that cannot be read; it has to be mended first.",
            FieldProblem(f"assignments.departures.{key}", "it cannot be read"),
        )
