"""The candidate list of one departure: eligible guides, the best first, then the others with what excludes them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from optimization.candidates.assessment import (
    Assessment,
    Candidate,
    PlanningContext,
    assess,
    guides_needing_certificates,
)
from optimization.candidates.workload import Workload, comparable_guides, workloads
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.surroundings import entries_over
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Snapshot
from scheduling.errors import UnknownDeparture
from scheduling.models import DailySchedule
from scheduling.rules import Demand, Exclusion, Facts, Rule
from scheduling.rules.approval import LEFT_A_NOTE
from scheduling.rules.guides import has_unread_certificates, notes_of, unavailability_on
from scheduling.rules.inputs import days_of
from scheduling.snapshot import take_facts_snapshot, with_availability_notes, with_certificates

RULES = list(Rule)


@dataclass(frozen=True, slots=True)
class ListedGuide:
    """A guide who may go (`candidate`) or may not (`exclusion`).

    `to_approve` says in words what a person has to approve before the guide is notified; `workload` has the hours of
    comparable guides, busy that day or not.
    """

    guide_id: UUID
    name: str
    is_on_team: bool
    candidate: Candidate | None = None
    exclusion: Exclusion | None = None
    to_approve: tuple[str, ...] = ()
    workload: Workload | None = None


@dataclass(frozen=True, slots=True)
class CandidateList:
    """All guides, ranked, and the snapshot they were assessed on."""

    guides: tuple[ListedGuide, ...]
    snapshot: Snapshot


def list_candidates(schedule: DailySchedule, departure_id: UUID, *, deadline_seconds: float) -> CandidateList:
    """Rank all guides for a departure of a daily schedule, given their commitments to other departures.

    Candidates come by score. Then the excluded, those who passed more of the rules first, so that guides of other
    activities and regions are last. Certificates and notes are read as far as the deadline, in seconds, leaves time;
    what was not read, a person approves. Raises UnknownDeparture, and SiblingUnavailable where the trip catalog or
    guide management does not answer.
    """
    document = _document_of(schedule.schedule_date, departure_id)
    departure = document.departures[departure_id]
    deadline = Deadline.after(deadline_seconds)
    facts = gather_facts(_snapshot_for(departure, deadline_seconds))
    demand = Demand.of(departure_id, departure, schedule.schedule_date, facts.snapshot)
    entered = entries_over(document, schedule.schedule_date, [departure])
    context = PlanningContext(entered, commitments_around(departure.span), {departure_id})
    to_certify = guides_needing_certificates([demand], facts, context)
    facts = facts.with_snapshot(with_certificates(facts.snapshot, to_certify, deadline_seconds=deadline.remaining()))
    assessment = assess(demand, facts, context)
    eligible = {candidate.guide.id for candidate in assessment.candidates}
    facts = facts.with_snapshot(
        with_availability_notes(facts.snapshot, eligible, deadline_seconds=deadline.remaining())
    )
    loads = workloads(comparable_guides(assessment), facts.recent_hours)
    listed = [*_list_eligible(assessment, departure, facts, context), *_list_excluded(assessment, departure, facts)]
    listed = [replace(guide, workload=loads.get(guide.guide_id)) for guide in listed]
    return CandidateList((*listed, *_list_unknown_members(departure, facts)), facts.snapshot)


def _document_of(day: date, departure_id: UUID) -> ScheduleDocument:
    """Return the latest document of a date, of whose departures this one alone is read."""
    draft = read_drafts([day], departures=[departure_id])[day]
    if departure_id in draft.document.departures:
        return draft.document
    if str(departure_id) in draft.stored.get("departures", {}):
        raise UnknownDeparture(f"Departure {departure_id} is stored in a form that cannot be read.")
    raise UnknownDeparture(f"The daily schedule of {day} has no departure {departure_id}.")


def _snapshot_for(departure: Departure, deadline_seconds: float) -> Snapshot:
    return take_facts_snapshot(
        days_of(departure),
        region_ids=[departure.region_id],
        trip_ids=[departure.trip_id],
        trail_ids=[departure.trail_id] if departure.trail_id else (),
        deadline_seconds=deadline_seconds,
    )


def _list_eligible(
    assessment: Assessment, departure: Departure, facts: Facts, context: PlanningContext
) -> Iterator[ListedGuide]:
    """Yield the candidates, the best score first."""
    for candidate in sorted(assessment.candidates, key=lambda other: (-other.score, other.guide.name, other.guide.id)):
        guide = candidate.guide
        yield ListedGuide(
            guide.id,
            guide.name,
            guide.id in departure.guide_ids,
            candidate=candidate,
            to_approve=tuple(_to_approve(candidate, assessment.demand, facts, context)),
        )


def _to_approve(candidate: Candidate, demand: Demand, facts: Facts, context: PlanningContext) -> Iterator[str]:
    guide = candidate.guide
    if has_unread_certificates(guide, demand, facts.snapshot):
        yield "the certificates could not be read"
    if notes_of(guide.id, demand, facts.snapshot, context.entered.of(guide.id, demand.days)):
        yield LEFT_A_NOTE


def _list_excluded(assessment: Assessment, departure: Departure, facts: Facts) -> list[ListedGuide]:
    """Return the guides who may not go, those who passed more of the rules first."""
    guides = facts.snapshot.guides
    excluded = [
        ListedGuide(guide_id, guides[guide_id].name, guide_id in departure.guide_ids, exclusion=exclusion)
        for guide_id, exclusion in assessment.excluded.items()
    ]
    return sorted(excluded, key=_elimination_order)


def _elimination_order(listed: ListedGuide) -> tuple[int, str, UUID]:
    rule = listed.exclusion.rule if listed.exclusion else Rule.REGION
    return (-RULES.index(rule), listed.name, listed.guide_id)


def _list_unknown_members(departure: Departure, facts: Facts) -> Iterator[ListedGuide]:
    """Yield the members of the team who are no longer among the guides."""
    for member in departure.team:
        if member.guide_id not in facts.snapshot.guides:
            gone = unavailability_on(days_of(departure)[0])
            yield ListedGuide(member.guide_id, member.guide_name, True, exclusion=gone)
