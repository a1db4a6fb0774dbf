"""Judgement of a publication: what stands against the departures to be published, by facts read for it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.utils import timezone

from scheduling import hooks
from scheduling.daily_schedules.commitments import (
    by_guide,
    commitments_around,
    commitments_in,
    departures_committing,
)
from scheduling.daily_schedules.decision_facts import load_decision_facts
from scheduling.daily_schedules.surroundings import departures_elsewhere, entries_over
from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.domain.approval_reasons import ApprovalCode
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.facts import RecordKind, Sibling, Snapshot, Span
from scheduling.errors import HardRuleViolated
from scheduling.hazards import hazards_in_force
from scheduling.rules import Demand, Facts, Rule, Violation, reasons_to_approve
from scheduling.rules.approval import known_notes
from scheduling.rules.camp_load import CampLoads
from scheduling.rules.departures import Surroundings, broken_rules
from scheduling.rules.inputs import days_of
from scheduling.siblings import SiblingUnavailable


@dataclass(frozen=True, slots=True)
class PublicationFacts:
    """The siblings' facts about the departures of `covers`, and the silence of the sibling that prevented reading any.

    Commitments, entries and hazards are not among them: they are read when the departures are judged.
    """

    facts: Facts
    covers: frozenset[UUID]
    silence: SiblingUnavailable | None = None

    @classmethod
    def read(cls, day: date, departures: Mapping[UUID, Departure], facts: Facts | None = None) -> "PublicationFacts":
        """Read the facts about the staffed ones among these departures of `day`, none of them from the cache.

        `facts` are taken instead, where there are some already.
        """
        covers = frozenset(departures)
        staffed = [departure for departure in departures.values() if _is_judged(departure)]
        if facts is not None:
            return cls(facts, covers)
        if not staffed:
            return cls.nothing(day, covers)
        try:
            return cls(load_decision_facts([day], staffed, fresh=True, names_all=True), covers)
        except SiblingUnavailable as silence:
            return replace(cls.nothing(day, covers), silence=silence)

    @classmethod
    def nothing(cls, day: date, covers: frozenset[UUID]) -> "PublicationFacts":
        """Return facts in which nothing is known of `day`."""
        return cls(Facts(Snapshot(taken_at=timezone.now(), days=(day,), regions={}, trips={})), covers)


@dataclass(frozen=True, slots=True)
class Override:
    """What a person publishes over: warnings about `departure_ids` (None: about any), and a sibling's `silence`."""

    departure_ids: frozenset[UUID] | None
    silence: bool

    def covers(self, departure_id: UUID) -> bool:
        return self.departure_ids is None or departure_id in self.departure_ids

    def __bool__(self) -> bool:
        return self.silence or self.departure_ids is None or bool(self.departure_ids)


NO_OVERRIDE = Override(frozenset(), silence=False)
OVERRIDE_ALL = Override(None, silence=True)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What stands against publishing some departures.

    `reasons` has by departure what only a person can judge: notes of its guides, certificates that could not be read.
    `notes` has by departure and guide the digests of the notes that were read, or that were approved before and could
    not be read. `not_known` has in sentences what could not be read at all. `honoured` are violations that a person has
    accepted as risks, with these: they stand against no publication by a person.
    """

    violations: tuple[Violation, ...] = ()
    reasons: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[UUID, Mapping[UUID, frozenset[str]]] = field(default_factory=dict)
    not_known: tuple[str, ...] = ()
    silence: SiblingUnavailable | None = None
    honoured: Mapping[Violation, AcceptedRisk] = field(default_factory=dict)

    @property
    def can_be_overridden(self) -> bool:
        """Return whether there are warnings that a person may override."""
        overridable = (v for v in self.violations if not v.rule.is_never_overridden and v not in self.honoured)
        return bool(self.silence) or any(overridable)

    def refuse(self, override: Override, *, by_machine: bool = False) -> None:
        """Raise HardRuleViolated with the broken rules, and SiblingUnavailable where nothing could be read to judge by.

        By an override a person publishes all the same, but for the rules whose risk nobody may take; and
        what was accepted as a risk needs no override. A machine publishes over nothing.
        """
        against = [v for v in self.violations if v.rule.is_never_overridden or not override.covers(v.departure_id)]
        if not by_machine:
            against = [v for v in against if v not in self.honoured]
        if against:
            raise HardRuleViolated(against)
        if self.silence and not override.silence:
            raise self.silence


def judge(document: ScheduleDocument, day: date, departure_ids: Collection[UUID], known: PublicationFacts) -> Judgement:
    """Judge these departures of `day` by every hard rule, as they are in `document`, and not only by what is new.

    Under the locks of a write the commitments, entries and hazards are what they will be at its commit.
    """
    chosen = ((key, document.departures[key]) for key in departure_ids)
    departures = {key: departure for key, departure in chosen if _is_judged(departure)}
    if not departures:
        return Judgement()
    span = Span(min(d.starts_at for d in departures.values()), max(d.ends_at for d in departures.values()))
    facts = replace(known.facts, hazards=hazards_in_force(span))
    around = _surroundings(document, day, departures, facts, span)
    broken = broken_rules(document, day, departures, facts, around)
    violations = [v for v in broken if _is_known(v, departures[v.departure_id], known)]
    acceptable = [v for v in violations if not v.rule.is_never_overridden]
    to_read = {key: departures[key] for key in _with_something_to_read(departures, facts.snapshot, around)}
    honoured = hooks.honoured_violations(day, document, facts, acceptable) if acceptable else []
    return Judgement(
        violations=tuple(violations),
        honoured={violation: risk for found in honoured for violation, risk in found.items()},
        reasons={
            key: reasons
            for key, departure in to_read.items()
            if (reasons := tuple(_reasons(key, departure, day, facts, around)))
        },
        notes={key: _notes(departure, known, around) for key, departure in to_read.items()},
        not_known=tuple(_not_known(departures, known)),
        silence=known.silence,
    )


def _is_judged(departure: Departure) -> bool:
    return bool(departure.team) and departure.status is not DepartureStatus.CANCELLED


def _surroundings(
    document: ScheduleDocument, day: date, departures: Mapping[UUID, Departure], facts: Facts, span: Span
) -> Surroundings:
    guides = frozenset(guide for departure in departures.values() for guide in departure.guide_ids)
    elsewhere = commitments_around(span, guides, besides=day)
    held = [commitment for commitments in elsewhere.values() for commitment in commitments]
    # Of the date itself as the document has them: the write may be about to change them.
    own = document.departures.looked_at
    if not document.departures.are_all_looked_at:
        own |= departures_committing(guides, day)
    held += [c for c in commitments_in(document, day, sorted(own, key=int)) if c.guide_id in guides]
    neighbours = departures_elsewhere([span], [day], [camp.id for camp in facts.snapshot.locations.values()])
    return Surroundings(
        entries_over(document, day, departures.values()),
        by_guide(held),
        loads=_camp_loads(document, departures, facts.snapshot, neighbours),
    )


def _camp_loads(
    document: ScheduleDocument,
    departures: Mapping[UUID, Departure],
    snapshot: Snapshot,
    neighbours: Sequence[Departure],
) -> CampLoads:
    """Count the camps that these departures leave from, each once for all of them."""
    camps = {location.id for location in snapshot.locations.values()} & {d.location_id for d in departures.values()}
    own = (departure for camp in sorted(camps) for departure in document.departures_from(camp).values())
    return CampLoads((*own, *neighbours))


def _is_known(violation: Violation, departure: Departure, known: PublicationFacts) -> bool:
    """Return whether the violation is a fact: without a sibling's answer, or with a sick record of it, some are not."""
    if violation.rule.rests_on_our_records:
        return True
    if known.silence:
        return False
    snapshot = known.facts.snapshot
    match violation.rule:
        case Rule.NOT_AVAILABLE:
            return violation.guide_id is None or not snapshot.lacks(RecordKind.GUIDE, violation.guide_id)
        case Rule.GROUP_SIZE:
            return not any(snapshot.lacks(RecordKind.GUIDE, guide_id) for guide_id in departure.guide_ids)
        case Rule.TRAIL_CLOSED:
            return departure.trail_id is None or not snapshot.lacks(RecordKind.TRAIL, departure.trail_id)
    return True


def _with_something_to_read(
    departures: Mapping[UUID, Departure], snapshot: Snapshot, around: Surroundings
) -> list[UUID]:
    """Return the departures of which a person may have to judge something, or approves notes by publishing them.

    They have a guide with notes, approved ones or of whom no certificates were read. Each guide is looked up once.
    """
    teams = {member.guide_id for departure in departures.values() for member in departure.team}
    unread = {guide_id for guide_id in teams & snapshot.guides.keys() if guide_id not in snapshot.certificates}
    noted = {guide_id for guide_id, _ in snapshot.availability_notes}
    for entries in around.entered.by_day.values():
        noted |= {key for key in teams if (entry := entries.get(key)) is not None and entry.guide_notes}
    of_interest = unread | noted
    return [
        key
        for key, departure in departures.items()
        if any(member.approved_notes or member.guide_id in of_interest for member in departure.team)
    ]


def _reasons(key: UUID, departure: Departure, day: date, facts: Facts, around: Surroundings) -> Iterator[str]:
    demand = Demand.of(key, departure, day, facts.snapshot)
    reasons = reasons_to_approve(sorted(departure.guide_ids), demand, facts, around.entered)
    yield from (words for reason, words in reasons.items() if reason.code is not ApprovalCode.SIBLING_SILENT)


def _notes(departure: Departure, known: PublicationFacts, around: Surroundings) -> dict[UUID, frozenset[str]]:
    snapshot, days = known.facts.snapshot, days_of(departure)
    notes = {member.guide_id: known_notes(member.guide_id, days, snapshot, around.entered) for member in departure.team}
    if known.silence or not snapshot.knows(Sibling.GUIDE_MANAGEMENT):
        return {m.guide_id: notes[m.guide_id] | frozenset(m.approved_notes or ()) for m in departure.team}
    return notes


def _not_known(departures: Mapping[UUID, Departure], known: PublicationFacts) -> Iterator[str]:
    snapshot = known.facts.snapshot
    if known.silence:
        yield f"{known.silence.sibling} did not answer; not known: who may lead these departures, and where they go."
    yield from (snapshot.unknown[sibling] for sibling in sorted(snapshot.unknown))
    if not snapshot.left_out:
        return
    names = {member.guide_id: member.guide_name for departure in departures.values() for member in departure.team}
    lacking = [(guide_id, name) for guide_id, name in names.items() if snapshot.lacks(RecordKind.GUIDE, guide_id)]
    for _, name in sorted(lacking, key=lambda item: item[1]):
        yield f"The record of {name} cannot be read; not known: whether they may go."
    for departure in departures.values():
        if departure.trail_id and snapshot.lacks(RecordKind.TRAIL, departure.trail_id):
            yield f"The record of the trail of {departure.trip_name} cannot be read; not known: whether it is open."
