"""Teams that await approval, judged again when facts come in: what only a silent sibling had left open is over then."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.utils import timezone

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft, change_of, read_drafts
from scheduling.daily_schedules.surroundings import entries_over
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.approval_reasons import ApprovalReason
from scheduling.domain.document import AssignmentStatus, Departure, TeamMember
from scheduling.domain.facts import Snapshot
from scheduling.publication.judgement import Judgement, PublicationFacts, judge
from scheduling.rules import Demand, Facts, reasons_to_approve
from scheduling.rules.inputs import days_of
from scheduling.snapshot import with_availability_notes

MONITOR = Author(AuthorKind.MONITOR, "monitors", "the facts came in", "worker")


def judge_approvals(
    day: date, facts: Facts, *, deadline_seconds: float, hold: Callable[[], None]
) -> Mapping[date, Change]:
    """Judge again the teams of a date that await approval, by these facts, and return what changed.

    The notes of availability windows of their guides are read for it, before anything is locked. An approval ends where
    every fact is known and nothing stands against the team. One for a guide's note does not: a person hears it.
    Otherwise its reasons become those of now. Teams of departures that have started stay as they are. `hold` is called
    in the transaction of the write, and raises where the facts may be outdated by now: nothing is written then.
    Raises ContentionNotResolved.
    """
    preview = read_drafts([day])
    waiting = _waiting(preview[day], facts.snapshot)
    guide_ids = frozenset().union(*(departure.guide_ids for departure in waiting.values()))
    if not guide_ids:
        return {}
    of_day = replace(facts.snapshot, days=(day,))
    noted = facts.with_snapshot(
        with_availability_notes(of_day, guide_ids, deadline_seconds=deadline_seconds, fresh=True)
    )

    def edit(drafts: Mapping[date, Draft]) -> None:
        _judge_again(drafts[day], day, noted, guide_ids)

    edit(preview)
    if not change_of(preview[day]).departure_ids:
        return {}
    return write_daily_schedules([day], edit, author=MONITOR, after_write=lambda _changes: hold())


def _waiting(draft: Draft, snapshot: Snapshot) -> dict[UUID, Departure]:
    departures = draft.document.departures.items()
    return {key: departure for key, departure in departures if _awaits(departure) and _is_read(departure, snapshot)}


def _judge_again(draft: Draft, day: date, facts: Facts, noted: frozenset[UUID]) -> None:
    """Judge the teams of which the notes of every guide (`noted`) were read."""
    document = draft.document
    waiting = {key: d for key, d in _waiting(draft, facts.snapshot).items() if d.guide_ids <= noted}
    entries = entries_over(document, day, waiting.values())
    for key, departure in waiting.items():
        judgement = judge(document, day, [key], PublicationFacts(facts, frozenset({key})))
        demand = Demand.of(key, departure, day, facts.snapshot)
        reasons = reasons_to_approve(sorted(departure.guide_ids), demand, facts, entries)
        for member in _pending(departure):
            _settle(member, departure, reasons, judgement)


def _settle(
    member: TeamMember, departure: Departure, reasons: Collection[ApprovalReason], judgement: Judgement
) -> None:
    kept = [reason for reason in member.approval_reasons or () if reason.is_for_a_person]
    now = [*kept, *(reason for reason in reasons if reason not in kept)]
    if now:
        member.await_approval(now)
    elif not judgement.violations and not judgement.not_known:
        is_told = departure.is_as_told(member.guide_id)
        member.end_approval(AssignmentStatus.CONFIRMED if is_told else AssignmentStatus.TENTATIVE)


def _awaits(departure: Departure) -> bool:
    is_open = departure.is_open_to_planning and not departure.has_started(timezone.now())
    return is_open and any(_pending(departure))


def _pending(departure: Departure) -> Iterator[TeamMember]:
    """Yield who awaits approval; those for whose notes since the last publication it is are heard elsewhere."""
    for member in departure.team:
        if member.assignment_status is AssignmentStatus.PENDING_APPROVAL and not member.open_notes:
            yield member


def _is_read(departure: Departure, snapshot: Snapshot) -> bool:
    """Return whether the snapshot is about the departure: its region, trip and trail, and its guides on its dates."""
    is_listed = all(day in snapshot.available for day in days_of(departure))
    is_trail_known = departure.trail_id is None or departure.trail_id in snapshot.trails
    in_catalog = departure.region_id in snapshot.regions and departure.trip_id in snapshot.trips
    return is_listed and is_trail_known and in_catalog and snapshot.knows_weather_of(departure.region_id)
