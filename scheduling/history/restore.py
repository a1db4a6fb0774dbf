"""Restoration of an earlier revision: its plans, where they are still possible, and nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils import timezone

from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.decision_facts import load_decision_facts
from scheduling.daily_schedules.drafts import Draft, read_drafts, unchanged
from scheduling.daily_schedules.surroundings import entries_over
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus, ScheduleDocument, TeamMember
from scheduling.errors import UnknownSchedule
from scheduling.history.revisions import document_at
from scheduling.rules import Demand, Facts, reasons_to_approve

RESTORED_FIELDS = ("team", "trail_id", "unassigned_reason")


class LeftOutReason(StrEnum):
    """The reason why a departure keeps its plan although the restored revision has another one."""

    STARTED = "it has started"
    CANCELLED = "it is cancelled"
    GONE = "it is no longer in the daily schedule"
    NOT_YET_THERE = "it was not there yet"


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


def restore_revision(
    day: date,
    rev: int,
    *,
    author: Author,
    departure_ids: Collection[UUID] | None = None,
    since_rev: int | None = None,
    facts: Facts | None = None,
) -> Change:
    """Give departures of `day`, all or some, the team, trail and unassigned reason of `rev`, as a new revision.

    Only departures that exist in both revisions, have not started and are not cancelled are restored; capacity, times,
    status, reservations and guide adjustments stay. No guide is confirmed by it without an announcement, or without a
    due approval. Plans that are equal already are not written. `facts` are used instead of asking the siblings.

    Raises UnknownSchedule, UnknownRevision, StaleRevision (`since_rev`), HardRuleViolated,
    SiblingUnavailable and ContentionNotResolved.
    """
    draft = _existing(day)
    then = _document_at(draft, rev)
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
            _require_approval(document, day, restored, facts)

    changes = write_daily_schedules(
        [day],
        edit,
        author=replace(author, cause=f"revision {rev} restored"),
        facts=facts,
        since_revs={} if since_rev is None else {day: since_rev},
    )
    return changes[day] if day in changes else unchanged(day)


def preview_restore(day: date, rev: int) -> RestorePreview:
    """Preview `restore_revision` as of now, by restoring a copy.

    No sibling is read: the hard rules it breaks, and the approvals it needs, are known only when it is done.

    Raises UnknownSchedule and UnknownRevision.
    """
    draft, now = _existing(day), timezone.now()
    then = _document_at(draft, rev)
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


def _existing(day: date) -> Draft:
    draft = read_drafts([day])[day]
    if draft.rev == 0:
        raise UnknownSchedule(f"There is no daily schedule of {day} yet.")
    return draft


def _document_at(draft: Draft, rev: int) -> ScheduleDocument:
    return ScheduleDocument.read(document_at(draft.schedule, rev))


def _restore(
    document: ScheduleDocument, then: ScheduleDocument, now: datetime, *, among: Collection[UUID] | None = None
) -> list[UUID]:
    """Restore plans of a document in place, and return the departures that differed."""
    restored = []
    for key in document.departures.keys() & then.departures.keys():
        departure, earlier = document.departures[key], then.departures[key]
        is_chosen = among is None or key in among
        if is_chosen and _plan(departure) != _plan(earlier) and _reason_left_out(departure, now) is None:
            _replan(departure, earlier)
            restored.append(key)
    return restored


def _replan(departure: Departure, earlier: Departure) -> None:
    departure.team = [_restored(member, departure) for member in earlier.team]
    departure.trail_id = earlier.trail_id
    reason = earlier.unassigned_reason
    departure.unassigned_reason = reason and reason.model_copy(deep=True)


def _left_out(
    present: Mapping[UUID, Departure], earlier: Mapping[UUID, Departure], now: datetime
) -> dict[UUID, tuple[Departure, LeftOutReason]]:
    left_out = {key: (earlier[key], LeftOutReason.GONE) for key in earlier.keys() - present.keys()}
    for key, departure in present.items():
        if key not in earlier:
            left_out[key] = (departure, LeftOutReason.NOT_YET_THERE)
            continue
        reason = _reason_left_out(departure, now)
        if reason and _plan(departure) != _plan(earlier[key]):
            left_out[key] = (departure, reason)
    return dict(sorted(left_out.items(), key=lambda item: (item[1][0].starts_at, item[0])))


def _reason_left_out(departure: Departure, now: datetime) -> LeftOutReason | None:
    if departure.status is DepartureStatus.CANCELLED:
        return LeftOutReason.CANCELLED
    return LeftOutReason.STARTED if departure.has_started(now) else None


def _plan(departure: Departure) -> tuple[object, ...]:
    """The plan to compare: team, trail and unassigned reason. Statuses follow from later announcements."""
    team = frozenset((member.guide_id, member.role, member.pinned) for member in departure.team)
    return (team, departure.trail_id, departure.unassigned_reason)


def _restored(earlier: TeamMember, departure: Departure) -> TeamMember:
    """Return a restored member of `departure`; the notes that are approved and open are those of now."""
    present = next((member for member in departure.team if member.guide_id == earlier.guide_id), None)
    notes = {
        "approved_notes": present.approved_notes if present else earlier.approved_notes,
        "open_notes": present.open_notes if present else None,
    }
    return earlier.model_copy(deep=True, update={"assignment_status": _status(earlier, departure), **notes})


def _status(earlier: TeamMember, departure: Departure) -> AssignmentStatus:
    """The status of a restored member of `departure`, which is as it was before the restoration.

    A member who is confirmed now stays confirmed; one who awaits approval, then or now, awaits it. Of the others those
    are confirmed who were so then and to whom the departure was last announced; the rest are TENTATIVE.
    """
    present = {member.guide_id: member.assignment_status for member in departure.team}.get(earlier.guide_id)
    if present is AssignmentStatus.CONFIRMED:
        return present
    if AssignmentStatus.PENDING_APPROVAL in {present, earlier.assignment_status}:
        return AssignmentStatus.PENDING_APPROVAL
    is_announced = departure.published is not None and earlier.guide_id in departure.published.guide_ids
    return earlier.assignment_status if is_announced else AssignmentStatus.TENTATIVE


def _require_approval(document: ScheduleDocument, day: date, restored: Collection[UUID], facts: Facts) -> None:
    """Set PENDING_APPROVAL on restored teams with reasons to approve, also on members confirmed for another plan."""
    departures = {key: document.departures[key] for key in restored}
    entries = entries_over(document, day, departures.values())
    for key, departure in departures.items():
        demand = Demand.of(key, departure, day, facts.snapshot)
        if reasons_to_approve(departure.guide_ids, demand, facts, entries):
            for member in departure.team:
                member.assignment_status = AssignmentStatus.PENDING_APPROVAL
