"""Publication of the departures of one date: their plans are announced to the guides."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from novatrek_scheduling.errors import FieldProblem
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft, read_drafts, unchanged
from scheduling.daily_schedules.touched_guides import Foreseen
from scheduling.daily_schedules.writer import TRIES, write_daily_schedules
from scheduling.domain.document import Departure
from scheduling.errors import ApprovalRequired, ContentionNotResolved, StaleRevision
from scheduling.publication.chosen import Chosen
from scheduling.publication.judgement import (
    NO_OVERRIDE,
    OVERRIDE_ALL,
    Judgement,
    Override,
    PublicationFacts,
    judge,
)
from scheduling.publication.notices import announce
from scheduling.publication.publishing import departures_due, guides_replanned, publish
from scheduling.rules import Facts
from scheduling.rules.approval import unapproved


class FactsOutdated(Exception):
    """A concurrent write added departures to be published, about which no facts were read."""


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
    over = NO_OVERRIDE
    if not by_machine:
        over = override or (OVERRIDE_ALL if override_warnings else NO_OVERRIDE)
    if over:
        author = replace(author, cause=f"{author.cause}, overriding warnings")
    chosen = Chosen(day, departure_ids, region_id)
    looked_at = chosen.looked_at()
    publication = _Publication(chosen, by_machine=by_machine, override=over, facts=facts)
    for _ in range(TRIES):
        draft = read_drafts([day], departures=looked_at)[day]
        if since_rev not in {None, draft.rev}:
            raise StaleRevision(day, since_rev=since_rev or 0, current_rev=draft.rev)
        try:
            changes = write_daily_schedules(
                [day],
                publication.make,
                author=author,
                since_revs={} if since_rev is None else {day: since_rev},
                after_write=announce,
                departures=looked_at,
                foreseen=publication.prepare(draft),
            )
        except FactsOutdated:
            continue
        return changes[day] if day in changes else unchanged(day)
    raise ContentionNotResolved(f"Others kept changing departures of {day} while they were published.")


@dataclass(slots=True)
class _Publication:
    """A publication of departures: the facts are read before anything is locked, and judged by once it is."""

    chosen: Chosen
    by_machine: bool
    override: Override
    facts: Facts | None
    now: datetime = field(default_factory=timezone.now)
    known: PublicationFacts = field(init=False)

    def __post_init__(self) -> None:
        self.known = PublicationFacts.nothing(self.chosen.day, frozenset())

    def prepare(self, draft: Draft) -> Foreseen:
        """Read the facts about what is due in a draft, and return what publishing it is going to lock."""
        due = self.chosen.due(draft)
        if not due.keys() <= self.known.covers:
            self.known = PublicationFacts.read(self.chosen.day, due, self.facts)
        return Foreseen(guides_replanned(due.values()), frozenset())

    def make(self, drafts: Mapping[date, Draft]) -> None:
        """Publish in the draft under the locks; in one without, where others came first, what is due then."""
        draft = drafts[self.chosen.day]
        if draft.is_locked:
            keys = self.chosen.within(draft)
            publish_in(draft, keys, self.now, known=self.known, by_machine=self.by_machine, override=self.override)
            return
        self.prepare(draft)
        _publish_due(draft, self.chosen.due(draft), Judgement(), self.now)


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
    due = departures_due(draft.document.departures, departure_ids)
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


def _has_open_notes(key: UUID, departure: Departure, judgement: Judgement) -> bool:
    notes = judgement.notes.get(key, {})
    return any(unapproved(member, notes.get(member.guide_id, ())) for member in departure.team)


def _publish_due(draft: Draft, due: Mapping[UUID, Departure], judgement: Judgement, now: datetime) -> None:
    published = [publish(departure, judgement.notes.get(key, {})) for key, departure in due.items()]
    if any(published):
        draft.published_at = now


def _refuse_unapproved(departures: Mapping[UUID, Departure]) -> None:
    if departures:
        names = ", ".join(sorted(departure.trip_name for departure in departures.values()))
        raise ApprovalRequired(
            f"A person has to approve the team of {names} first.",
            *(FieldProblem(f"assignments.departures.{key}", "its team awaits approval") for key in sorted(departures)),
        )
