"""Publication of the departures of one date: their plans are announced to the guides."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from novatrek_scheduling.errors import FieldProblem
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.commitments import departures_with_guides_of
from scheduling.daily_schedules.drafts import Draft, read_drafts, unchanged
from scheduling.daily_schedules.writer import TRIES, write_daily_schedules
from scheduling.domain.document import (
    Announcement,
    AssignmentStatus,
    Departure,
    DepartureStatus,
    ScheduleDocument,
    changed_departures,
)
from scheduling.errors import ApprovalRequired, ContentionNotResolved, UnknownDeparture, UnknownSchedule
from scheduling.publication.judgement import (
    NO_OVERRIDE,
    OVERRIDE_ALL,
    Judgement,
    Override,
    PublicationFacts,
    judge,
)
from scheduling.publication.notices import Notice, announce, notices_between
from scheduling.rules import Facts
from scheduling.rules.approval import unapproved


class FactsOutdated(Exception):
    """A concurrent write added departures to be published, about which no facts were read."""


@dataclass(frozen=True, slots=True)
class PublicationPreview:
    """The effect of a publication, found by publishing a copy.

    `departures` would change, shown as they would then be; `before` has all departures of the date as they are now;
    `notices` are those that would be sent. `unstaffed` are drafts that stay drafts because they have no team;
    `awaiting_approval` are the departures that only a person may publish. `judgement` is what stands against it.
    """

    day: date
    rev: int
    before: Mapping[UUID, Departure]
    departures: Mapping[UUID, Departure]
    notices: tuple[Notice, ...]
    unstaffed: tuple[UUID, ...]
    awaiting_approval: tuple[UUID, ...]
    judgement: Judgement
    known: PublicationFacts


def publish_departures(
    day: date,
    *,
    author: Author,
    by_machine: bool,
    departure_ids: Collection[UUID] | None = None,
    region_id: UUID | None = None,
    since_rev: int | None = None,
    override_warnings: bool = False,
    override: Override | None = None,
    facts: Facts | None = None,
) -> Change:
    """Publish departures of a date: those named, a region's, or all; and notify the guides concerned.

    Drafts become PUBLISHED and teams CONFIRMED; guides of a cancelled departure are notified. A departure that does not
    differ from its last announcement is left unchanged, and so is an unstaffed draft, whoever publishes: it has no
    guides to notify, and its plan is not made yet. A publication by a person is the approval; a machine gets
    ApprovalRequired, naming the departures, and publishes nothing.

    Every departure is judged on facts read now. One that breaks a hard rule, or cannot be judged because
    svc-guide-management or svc-trip-catalog is silent, is not published, and neither are the others. With
    `override_warnings` a person publishes all the same, except over certificates, restrictions, overlap and rest; over
    a risk that somebody has accepted they publish without it. `override` says instead over what in particular.
    `facts` are used instead of asking the siblings.

    Raises UnknownSchedule, UnknownDeparture, ApprovalRequired, HardRuleViolated, SiblingUnavailable, StaleRevision
    (`since_rev`) and ContentionNotResolved.
    """
    now, over = timezone.now(), NO_OVERRIDE
    if not by_machine:
        over = override or (OVERRIDE_ALL if override_warnings else NO_OVERRIDE)
    if over:
        author = replace(author, cause=f"{author.cause}, overriding warnings")
    known = PublicationFacts.nothing(day, frozenset())

    def edit(drafts: Mapping[date, Draft]) -> None:
        nonlocal known
        draft = _existing(drafts[day])
        chosen = _chosen(draft.document, departure_ids, region_id)
        if draft.is_locked:
            publish_in(draft, chosen, now, known=known, by_machine=by_machine, override=over)
            return
        # No lock waits for the siblings, and what is published is judged once, under the locks.
        due = _due(draft, chosen)
        if not due.keys() <= known.covers:
            known = PublicationFacts.read(day, due, facts)
        _publish_due(draft, due, Judgement(), now)

    since_revs = {} if since_rev is None else {day: since_rev}
    looked_at = _looked_at(day, departure_ids)
    for _ in range(TRIES):
        try:
            changes = write_daily_schedules(
                [day], edit, author=author, since_revs=since_revs, after_write=announce, departures=looked_at
            )
        except FactsOutdated:
            continue
        return changes[day] if day in changes else unchanged(day)
    raise ContentionNotResolved(f"Others kept changing departures of {day} while they were published.")


def preview_publication(
    day: date, *, departure_ids: Collection[UUID] | None = None, region_id: UUID | None = None
) -> PublicationPreview:
    """Preview `publish_departures` by a person, as of now. Raises UnknownSchedule and UnknownDeparture."""
    draft = _existing(read_drafts([day], departures=_looked_at(day, departure_ids))[day])
    chosen = _chosen(draft.document, departure_ids, region_id)
    before = draft.original.departures
    due = _due(draft, chosen)
    known = PublicationFacts.read(day, due)
    judgement = judge(draft.document, day, due, known)
    _publish_due(draft, due, judgement, timezone.now())
    after = draft.document.departures
    published = {key: after[key] for key in changed_departures(draft.original, draft.document)}
    return PublicationPreview(
        day=day,
        rev=draft.rev,
        before=before,
        departures=dict(sorted(published.items(), key=lambda item: (item[1].starts_at, item[0]))),
        notices=tuple(notices_between({key: before[key] for key in published}, published)),
        unstaffed=tuple(sorted(key for key in chosen if _is_unstaffed_draft(after[key]))),
        awaiting_approval=tuple(sorted(key for key in published if before[key].needs_approval)),
        judgement=judgement,
        known=known,
    )


def notices_due(days: Collection[date], departure_ids: Collection[UUID]) -> list[Notice]:
    """Return what guides will be told once these departures of `days` are published as they are now."""
    departures = (draft.document.departures for draft in read_drafts(days).values())
    return notices_once_published(
        {key: d for of_day in departures for key, d in of_day.items() if key in departure_ids}
    )


def notices_once_published(departures: Mapping[UUID, Departure]) -> list[Notice]:
    """Return what guides would be told once these departures, stored or only planned, are published."""
    before = {key: departure for key, departure in departures.items() if _is_due(departure)}
    after = {key: departure.model_copy(deep=True) for key, departure in before.items()}
    for departure in after.values():
        _publish(departure, {})
    return notices_between(before, after)


def publish_in(
    draft: Draft,
    departure_ids: Collection[UUID],
    now: datetime,
    *,
    known: PublicationFacts,
    by_machine: bool = True,
    override: Override = NO_OVERRIDE,
) -> frozenset[UUID]:
    """Publish departures of a draft inside an edit, and return those that were not up to date.

    Pass `notices.announce` as the write's `after_write`, or call it there: it finds the announcements in the changes.
    Raises ApprovalRequired where a machine would publish a team that awaits a person's approval, HardRuleViolated and
    SiblingUnavailable as `publish_departures` does, and FactsOutdated where `known` is not about one of the departures.
    """
    due = _due(draft, departure_ids)
    if by_machine:
        _refuse_unapproved({key: departure for key, departure in due.items() if departure.needs_approval})
    if not due.keys() <= known.covers:
        raise FactsOutdated
    judgement = judge(draft.document, draft.schedule.schedule_date, due, known)
    judgement.refuse(override, by_machine=by_machine)
    if by_machine:
        _refuse_unapproved(
            {key: departure for key, departure in due.items() if _has_open_notes(key, departure, judgement)}
        )
    _publish_due(draft, due, judgement, now)
    return frozenset(due)


def _due(draft: Draft, departure_ids: Collection[UUID]) -> dict[UUID, Departure]:
    departures = draft.document.departures
    return {key: departures[key] for key in departure_ids if _is_due(departures[key])}


def _has_open_notes(key: UUID, departure: Departure, judgement: Judgement) -> bool:
    notes = judgement.notes.get(key, {})
    return any(unapproved(member, notes.get(member.guide_id, ())) for member in departure.team)


def _publish_due(draft: Draft, due: Mapping[UUID, Departure], judgement: Judgement, now: datetime) -> None:
    published = [_publish(departure, judgement.notes.get(key, {})) for key, departure in due.items()]
    if any(published):
        draft.published_at = now


def _publish(departure: Departure, notes: Mapping[UUID, Collection[str]]) -> bool:
    """Publish a departure with the notes of its guides, and return whether that announces anything new."""
    is_new = departure.published is None or departure.has_unpublished_changes
    if departure.status is DepartureStatus.CANCELLED:
        departure.published = _announcement(departure, [])
        return is_new
    if departure.status is DepartureStatus.DRAFT:
        departure.status = DepartureStatus.PUBLISHED
    for member in departure.team:
        member.approve(notes.get(member.guide_id, ()))
    if is_new:
        departure.published = _announcement(departure, [member.guide_id for member in departure.team])
    return is_new


def _announcement(departure: Departure, guide_ids: list[UUID]) -> Announcement:
    return Announcement(
        guide_ids=guide_ids,
        lead_id=departure.lead_id if guide_ids else None,
        trail_id=departure.trail_id,
        starts_at=departure.starts_at,
        ends_at=departure.ends_at,
    )


def _is_due(departure: Departure) -> bool:
    if departure.status is DepartureStatus.CANCELLED:
        return departure.has_unpublished_changes
    if _is_unstaffed_draft(departure):
        return False
    is_confirmed = all(m.assignment_status is AssignmentStatus.CONFIRMED for m in departure.team)
    return departure.has_unpublished_changes or departure.status is DepartureStatus.DRAFT or not is_confirmed


def _is_unstaffed_draft(departure: Departure) -> bool:
    is_draft = departure.status is DepartureStatus.DRAFT
    # A cancellation is announced without guides: once the departure is reinstated its plan is announced again.
    is_announced_to_guides = bool(departure.published and departure.published.guide_ids)
    return is_draft and not departure.team and not is_announced_to_guides


def _refuse_unapproved(departures: Mapping[UUID, Departure]) -> None:
    if departures:
        names = ", ".join(sorted(departure.trip_name for departure in departures.values()))
        raise ApprovalRequired(
            f"A person has to approve the team of {names} first.",
            *(FieldProblem(f"assignments.departures.{key}", "its team awaits approval") for key in sorted(departures)),
        )


def _looked_at(day: date, departure_ids: Collection[UUID] | None) -> Collection[UUID] | None:
    """Return the departures that are read to publish these, where they are named: theirs, and those of their guides."""
    return None if departure_ids is None else departures_with_guides_of(departure_ids, day)


def _existing(draft: Draft) -> Draft:
    if draft.rev == 0:
        raise UnknownSchedule(f"There is no daily schedule of {draft.schedule.schedule_date} yet.")
    return draft


def _chosen(
    document: ScheduleDocument, departure_ids: Collection[UUID] | None, region_id: UUID | None
) -> frozenset[UUID]:
    within = document.departures if region_id is None else document.departures_in([region_id])
    if departure_ids is None:
        return frozenset(within)
    unknown = sorted(set(departure_ids) - within.keys())
    if unknown:
        raise UnknownDeparture(
            f"The daily schedule has no departure {', '.join(map(str, unknown))}.",
            *(FieldProblem("departure_ids", f"{key} is not a departure of this date") for key in unknown),
        )
    return frozenset(departure_ids)
