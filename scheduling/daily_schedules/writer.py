"""The one way to write a daily schedule: an edit of the latest document, version-checked, in one transaction.

Two plans that are each legal can together put one guide on two boats, so a write first locks the guides it touches,
then the documents in date order, and checks the hard rules against the commitments as they are then. Isolation is
READ COMMITTED: everything that the check depends on is read after the locks. Reservations that change their departure
are locked before the guides.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError, connection, transaction
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from novatrek_scheduling.errors import FieldProblem
from scheduling.daily_schedules.authors import Author, clear_principal, set_author
from scheduling.daily_schedules.changes import Change, detectors
from scheduling.daily_schedules.commitments import delete_commitments, lock_guides, store_commitments
from scheduling.daily_schedules.departure_dates import check_one_date_each, dates_of
from scheduling.daily_schedules.guide_names import rename_guides
from scheduling.daily_schedules.hard_rules import enforce_hard_rules
from scheduling.daily_schedules.nullification import count_nullified
from scheduling.daily_schedules.reached import adjusted_guides, departures_reached
from scheduling.daily_schedules.seats import Reseating, departures_with_seats_at_stake, lock_guests_of, seat_guests
from scheduling.domain.document import Departure, ScheduleDocument, changed_departures
from scheduling.errors import (
    ContentionNotResolved,
    DepartureElsewhere,
    DepartureUnreadable,
    StaleRevision,
    UnknownSchedule,
)
from scheduling.metrics import adjustments_refused, schedule_write_retries, schedule_writes, schedule_writes_exhausted
from scheduling.models import DailySchedule, ScheduleRevision, schedule_id_of
from scheduling.models.triggers import ONE_DATE, adjustments_have_one_owner
from scheduling.rules import Facts

TRIES = 3
LOCK_TIMEOUT_MS = 5_000
LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"


@dataclass(slots=True)
class Draft:
    """One date's daily schedule while it is edited. `rev` is the revision it was read at; 0: no row yet."""

    schedule: DailySchedule
    rev: int
    published_at: datetime | None
    document: ScheduleDocument = field(init=False)
    _original: ScheduleDocument | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.document = self.schedule.document

    @property
    def original(self) -> ScheduleDocument:
        """The document as it was read, parsed on first use."""
        if self._original is None:
            # Parsing the row a second time costs a sixth of a deep copy.
            self._original = self.schedule.document
        return self._original


Edit = Callable[[Mapping[date, Draft]], None]
AfterWrite = Callable[[Mapping[date, Change]], None]


class _ConcurrentWrite(Exception):
    """A concurrent write came first: the write is tried again on fresh documents."""


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
) -> Mapping[date, Change]:
    """Apply `edit` to the latest documents of `days` and store what it changed, all or nothing.

    `edit` may be called several times, each time on fresh documents, with the same result on the same ones;
    it sets the writer's own fields only. With `facts` the hard rules are checked; without, the change is a fact from
    outside and is stored as it is. `since_revs` names the revisions that the change was made on. `reseating` are guests
    who change their departure; whatever `edit` does to departures, their reservations are those of the table.
    `after_write` runs in the same transaction, whether or not anything changed. A write that changes nothing writes
    nothing.

    Raises HardRuleViolated with the rules that would newly be broken, DepartureElsewhere where a departure would be on
    two dates, StaleRevision without a retry where a date is at another revision than `since_revs` names, and
    ContentionNotResolved when each of three tries met a concurrent change.
    """
    write = _Write(sorted(set(days)), edit, author, facts, since_revs or {}, principal, reseating, after_write)
    retrying = Retrying(
        retry=retry_if_exception_type(_ConcurrentWrite),
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


def _count_refusal(error: ProgrammingError) -> None:
    if _constraint_of(error) == adjustments_have_one_owner.name:
        adjustments_refused.labels("trigger").inc()


def _constraint_of(error: DatabaseError) -> str | None:
    diagnostics = getattr(error.__cause__, "diag", None)
    return diagnostics.constraint_name if diagnostics is not None else None


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
    guides: set[UUID] = field(default_factory=set)
    added: frozenset[UUID] = frozenset()
    reached: set[date] = field(default_factory=set)
    departures: set[UUID] = field(default_factory=set)

    def attempt(self) -> Mapping[date, Change]:
        preview = _changes(self._edited(read_drafts(self.days)))
        self.guides |= _guides_touched(preview)
        self.reached |= departures_reached(preview).keys()
        self.departures |= departures_with_seats_at_stake(preview, self.reseating)
        try:
            with transaction.atomic():
                return self._write()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED}:
                raise _ConcurrentWrite from error
            raise
        except IntegrityError as error:
            if _constraint_of(error) == ONE_DATE:
                raise DepartureElsewhere(dates_of(self.added)) from error
            raise
        except ProgrammingError as error:
            _count_refusal(error)
            raise

    def _edited(self, drafts: dict[date, Draft]) -> dict[date, Draft]:
        for day, draft in drafts.items():
            expected = self.since_revs.get(day)
            if expected is not None and expected != draft.rev:
                raise StaleRevision(day, since_rev=expected, current_rev=draft.rev)
        self.edit(drafts)
        if self.facts is not None:
            rename_guides((draft.document for draft in drafts.values()), self.facts.snapshot.guides)
        for day, draft in drafts.items():
            _refuse_overwriting(draft.document, day)
        return drafts

    def _write(self) -> Mapping[date, Change]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(LOCK_TIMEOUT_MS)])
        guests = lock_guests_of(self.departures)
        lock_guides(self.guides)
        if self.reached:
            _lock_documents({*self.days, *self.reached})
        drafts = self._edited(read_drafts(self.days, lock=True))
        edited = _changes(drafts)
        touched, reached = _guides_touched(edited), departures_reached(edited).keys()
        departures = departures_with_seats_at_stake(edited, self.reseating)
        are_locked = touched <= self.guides and guests.include_all_of(departures)
        if not (are_locked and reached <= {*self.days, *self.reached}):
            self.guides |= touched
            self.departures |= departures
            self.reached |= reached
            raise _ConcurrentWrite
        if seat_guests([draft.document for draft in drafts.values()], departures, self.reseating):
            edited = _changes(drafts)
        changes = {day: change for day, change in edited.items() if _has_changes(drafts[day], change)}
        if self.facts is not None:
            enforce_hard_rules(changes, self.facts)
        set_author(self.author, principal=self.principal)
        self._store(drafts, changes)
        detectors(changes, self.facts)
        if self.after_write:
            self.after_write(changes)
        return changes

    def _store(self, drafts: Mapping[date, Draft], changes: Mapping[date, Change]) -> None:
        replanned = {day: _replanned(change) for day, change in changes.items()}
        for day, departure_ids in replanned.items():
            delete_commitments(day, departure_ids)
        for day, change in changes.items():
            _store(drafts[day], change)
            store_commitments(change.after, day, replanned[day])
            if self.principal:
                count_nullified(change, self.author)
        self.added = frozenset().union(*(change.departures_added for change in changes.values()))
        if self.added:
            check_one_date_each()
        if self.principal:
            clear_principal()


def _lock_documents(days: Collection[date]) -> None:
    """Lock these dates in their order: no plan of theirs is written between what is judged here and the commit."""
    rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
    list(rows.select_for_update().values_list("pk"))


def _refuse_overwriting(document: ScheduleDocument, day: date) -> None:
    """Raise DepartureUnreadable where the document has a departure in the place of one that cannot be read."""
    for key in sorted(document.unreadable_departures & document.departures.keys()):
        raise DepartureUnreadable(
            f"Departure {key} of {day} is stored in a form that cannot be read; it has to be mended first.",
            FieldProblem(f"assignments.departures.{key}", "it cannot be read"),
        )


def read_drafts(days: Iterable[date], *, lock: bool = False) -> dict[date, Draft]:
    """Return the latest documents of `days`, in date order; a date without a row has an empty one at revision 0."""
    days = sorted(days)
    rows = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
    if lock:
        rows = rows.select_for_update()
    stored = {row.schedule_date: row for row in rows}
    return {day: _draft(stored.get(day), day) for day in days}


def ensure_daily_schedule(day: date) -> None:
    """Store an empty daily schedule where a date has none: something is to hang on it. Call it in a transaction."""
    draft = read_drafts([day])[day]
    if draft.rev == 0:
        draft.schedule.rev = _first_rev(draft.schedule)
        # Two writers may want it at once: the second waits, and finds that of the first.
        DailySchedule.objects.bulk_create([draft.schedule], ignore_conflicts=True)


def unchanged(day: date) -> Change:
    """Return a date's daily schedule as an empty change: the result of a write that had nothing to change.

    Raises UnknownSchedule where the date has none.
    """
    draft = read_drafts([day])[day]
    if draft.rev == 0:
        raise UnknownSchedule(f"There is no daily schedule of {day}, and nothing to put into one.")
    return Change(draft.schedule, draft.document, draft.document, frozenset())


def _draft(row: DailySchedule | None, day: date) -> Draft:
    if row is None:
        new_row = DailySchedule(schedule_id=schedule_id_of(day), schedule_date=day)
        return Draft(new_row, 0, None)
    return Draft(row, row.rev, row.published_at)


def _changes(drafts: Mapping[date, Draft]) -> dict[date, Change]:
    return {day: change_of(draft) for day, draft in drafts.items()}


def change_of(draft: Draft) -> Change:
    """Return what was edited of a draft so far."""
    changed = changed_departures(draft.original, draft.document)
    return Change(draft.schedule, draft.original, draft.document, changed)


def _has_changes(draft: Draft, change: Change) -> bool:
    if change.departure_ids or draft.published_at != draft.schedule.published_at:
        return True
    before, after = change.before, change.after
    return before.guide_adjustments != after.guide_adjustments or before.model_extra != after.model_extra


def _store(draft: Draft, change: Change) -> None:
    if draft.rev == 0:
        _insert(draft)
    draft.schedule.assignments = change.after.write()
    draft.schedule.published_at = draft.published_at
    try:
        draft.schedule.save_if_unchanged(since_rev=draft.rev, fields=["assignments", "published_at"])
    except StaleRevision as error:
        # The row has been locked since it was read; should it ever not be, the write is tried again.
        raise _ConcurrentWrite from error


def _insert(draft: Draft) -> None:
    schedule = draft.schedule
    schedule.rev = _first_rev(schedule)
    try:
        schedule.save(force_insert=True)
    except IntegrityError as error:
        # A concurrent first write of the date.
        raise _ConcurrentWrite from error
    draft.rev = schedule.rev


def _first_rev(schedule: DailySchedule) -> int:
    """The revision at which a new row starts: after those that a row had which maintenance deleted."""
    former = ScheduleRevision.objects.filter(schedule_id=schedule.pk).order_by("-rev").values_list("rev", flat=True)
    return (former.first() or 0) + 1


def _replanned(change: Change) -> frozenset[UUID]:
    """The departures whose guides, times, places or status differ: those whose commitments are rewritten."""
    before, after = change.before.departures, change.after.departures
    return frozenset(
        key for key in change.departure_ids if _commitment_of(before.get(key)) != _commitment_of(after.get(key))
    )


def _commitment_of(departure: Departure | None) -> tuple[object, ...] | None:
    if departure is None:
        return None
    return (departure.guide_ids, departure.span, departure.trail_id, departure.trip_id, departure.status)


def _guides_touched(changes: Mapping[date, Change]) -> set[UUID]:
    """The guides whose plans or entries differ: an entry may clash with a plan of another date."""
    touched: set[UUID] = set()
    for change in changes.values():
        touched |= adjusted_guides(change)
        for key in _replanned(change):
            for document in (change.before, change.after):
                departure = document.departures.get(key)
                touched |= departure.guide_ids if departure else frozenset()
    return touched
