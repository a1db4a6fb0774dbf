"""Restoration of an earlier revision: its plans, where they are still possible, and nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils import timezone

from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.catalog_aliases import ask_to_close_listings
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.decision_facts import load_decision_facts
from scheduling.daily_schedules.drafts import Draft, read_drafts, unchanged
from scheduling.daily_schedules.surroundings import entries_over
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.errors import UnknownSchedule
from scheduling.history.plan_fields import differing_fields, take_over
from scheduling.history.revisions import document_at
from scheduling.rules import Demand, Facts, reasons_to_approve


class LeftOutReason(StrEnum):
    """The reason why a departure keeps its plan although the restored revision has another one."""

    STARTED = "it has started"
    CANCELLED = "it is cancelled"
    GONE = "it is no longer in the daily schedule"
    NOT_YET_THERE = "it was not there yet"
    PAST = "its time then is past"


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A departure as it is and with its restored plan."""

    now: Departure
    restored: Departure


@dataclass(frozen=True, slots=True)
class RestorePreview:
    """The effect of restoring `rev` on the daily schedule at `current_rev`.

    `left_out` has the departures that differ and are not restored, as they are now or were, each with the reason.
    """

    day: date
    rev: int
    current_rev: int
    departures: Mapping[UUID, PlanChange]
    left_out: Mapping[UUID, tuple[Departure, LeftOutReason]]

    def about(self, departure_id: UUID) -> "RestorePreview":
        """Return what of it concerns a departure."""
        return replace(
            self,
            departures={key: change for key, change in self.departures.items() if key == departure_id},
            left_out={key: reason for key, reason in self.left_out.items() if key == departure_id},
        )


def restore_revision(
    day: date,
    rev: int,
    *,
    author: Author,
    departure_ids: Collection[UUID] | None = None,
    since_rev: int | None = None,
    facts: Facts | None = None,
) -> Change:
    """Give departures of `day`, all or some, the plan of `rev`, as a new revision: RESTORED_FIELDS, times included.

    Only departures that exist in both revisions and have not started are restored, to no time that is past. What is
    cancelled now and was not is reinstated, and the other way round; what was cancelled by moving it to another date
    stays. Reservations and guide adjustments stay too. No guide is confirmed by it without an announcement, or without
    a due approval. Plans that are equal already are not written. `facts` are used instead of asking the siblings.

    Raises UnknownSchedule, UnknownRevision, StaleRevision (`since_rev`), HardRuleViolated,
    SiblingUnavailable and ContentionNotResolved.
    """
    draft = existing(day)
    then = read_document_at(draft, rev)
    chosen = frozenset(_restore(draft.document, then, timezone.now(), among=departure_ids))
    if chosen and facts is None:
        facts = load_decision_facts(
            [day], [document.departures[key] for key in chosen for document in (draft.original, then)]
        )

    def edit(drafts: Mapping[date, Draft]) -> None:
        document = drafts[day].document
        # Only the departures that the facts cover: others differ by concurrent writes since the facts were loaded.
        restored = _restore(document, then, timezone.now(), among=chosen)
        if facts is not None:
            require_approval(document, day, restored, facts)

    changes = write_daily_schedules(
        [day],
        edit,
        author=replace(author, cause=f"revision {rev} restored"),
        facts=facts,
        since_revs={} if since_rev is None else {day: since_rev},
        after_write=ask_to_close_listings,
    )
    return changes[day] if day in changes else unchanged(day)


def preview_restore(day: date, rev: int) -> RestorePreview:
    """Preview `restore_revision` as of now, by restoring a copy.

    No sibling is read: the hard rules it breaks, and the approvals it needs, are known only when it is done.

    Raises UnknownSchedule and UnknownRevision.
    """
    draft, now = existing(day), timezone.now()
    then = read_document_at(draft, rev)
    before = draft.original.departures
    restored = _restore(draft.document, then, now)
    by_start = sorted(restored, key=lambda key: (before[key].starts_at, key))
    return RestorePreview(
        day=day,
        rev=rev,
        current_rev=draft.rev,
        departures={key: PlanChange(before[key], draft.document.departures[key]) for key in by_start},
        left_out=_left_out(before, then.departures, now),
    )


def existing(day: date) -> Draft:
    draft = read_drafts([day])[day]
    if draft.rev == 0:
        raise UnknownSchedule(f"There is no daily schedule of {day} yet.")
    return draft


def read_document_at(draft: Draft, rev: int) -> ScheduleDocument:
    return ScheduleDocument.read(document_at(draft.schedule, rev))


def _restore(
    document: ScheduleDocument, then: ScheduleDocument, now: datetime, *, among: Collection[UUID] | None = None
) -> list[UUID]:
    """Restore plans of a document in place, and return the departures that differed."""
    restored = []
    for key in document.departures.keys() & then.departures.keys():
        departure, earlier = document.departures[key], then.departures[key]
        names = differing_fields(departure, earlier)
        is_chosen = among is None or key in among
        if is_chosen and names and _reason_left_out(departure, earlier, now) is None:
            take_over(departure, earlier, names)
            restored.append(key)
    return restored


def _left_out(
    present: Mapping[UUID, Departure], earlier: Mapping[UUID, Departure], now: datetime
) -> dict[UUID, tuple[Departure, LeftOutReason]]:
    left_out = {key: (earlier[key], LeftOutReason.GONE) for key in earlier.keys() - present.keys()}
    for key, departure in present.items():
        if key not in earlier:
            left_out[key] = (departure, LeftOutReason.NOT_YET_THERE)
            continue
        reason = _reason_left_out(departure, earlier[key], now)
        if reason and differing_fields(departure, earlier[key]):
            left_out[key] = (departure, reason)
    return dict(sorted(left_out.items(), key=lambda item: (item[1][0].starts_at, item[0])))


def _reason_left_out(departure: Departure, earlier: Departure, now: datetime) -> LeftOutReason | None:
    if departure.is_cancelled and (earlier.is_cancelled or departure.rescheduled_to):
        return LeftOutReason.CANCELLED
    if departure.has_started(now):
        return LeftOutReason.STARTED
    is_past = earlier.starts_at <= now and not earlier.is_cancelled
    return LeftOutReason.PAST if is_past else None


def require_approval(document: ScheduleDocument, day: date, restored: Collection[UUID], facts: Facts) -> None:
    """Set PENDING_APPROVAL on restored teams with reasons to approve, also on members confirmed for another plan."""
    departures = {key: document.departures[key] for key in restored}
    entries = entries_over(document, day, departures.values())
    for key, departure in departures.items():
        demand = Demand.of(key, departure, day, facts.snapshot)
        if reasons := reasons_to_approve(sorted(departure.guide_ids), demand, facts, entries):
            for member in departure.team:
                member.await_approval(reasons)
