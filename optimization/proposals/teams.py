"""The teams of accepted departures, formed from the proposal's intent on facts that were read anew."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.conf import settings

from novatrek_scheduling.deadline import Deadline
from optimization.candidates.assessment import Assessment, PlanningContext, assess, in_short
from optimization.candidates.teams import form_team
from optimization.days.inputs import DayInputs, add_certificates, add_notes, load_inputs
from optimization.proposals.plans import ProposedDeparture
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.domain.document import Departure
from scheduling.rules import Demand, Facts
from scheduling.snapshot import take_day_snapshot


@dataclass(frozen=True, slots=True)
class FormedTeams:
    """The departures as they would be written, by id, with the facts and the reading that they rest on.

    `reasons` says of the others why they cannot be.
    """

    facts: Facts
    context: PlanningContext
    departures: Mapping[UUID, Departure]
    reasons: Mapping[UUID, str]


def form_teams_of(chosen: Mapping[UUID, ProposedDeparture], day: date) -> FormedTeams:
    """Form the teams of these departures of `day`, after reading guides, trails and weather anew.

    Raises SiblingUnavailable where the catalog or svc-guide-management does not answer.
    """
    deadline = Deadline.after(settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
    guides = sorted({guide_id for departure in chosen.values() for guide_id in departure.after.guide_ids})
    snapshot = take_day_snapshot(
        day,
        region_ids={departure.region_id for departure in chosen.values()},
        trip_ids={departure.trip_id for departure in chosen.values()},
        trail_ids={departure.after.trail_id for departure in chosen.values() if departure.after.trail_id},
        deadline_seconds=deadline.remaining(),
        fresh=True,
    )
    regions = {departure.region_id for departure in chosen.values()}
    inputs = load_inputs(day, regions, gather_facts(snapshot), chosen, deadline_seconds=deadline.remaining())
    inputs = add_certificates(inputs, guides, deadline_seconds=deadline.remaining())
    facts = add_notes(inputs.facts, guides, deadline_seconds=deadline.remaining())
    return _formed(chosen, replace(inputs, facts=facts), frozenset(guides))


def _formed(chosen: Mapping[UUID, ProposedDeparture], inputs: DayInputs, guides: frozenset[UUID]) -> FormedTeams:
    snapshot = inputs.facts.snapshot
    # Only the proposed guides are judged.
    among = replace(snapshot, guides={key: guide for key, guide in snapshot.guides.items() if key in guides})
    judged = replace(inputs, facts=inputs.facts.with_snapshot(among))
    departures: dict[UUID, Departure] = {}
    reasons: dict[UUID, str] = {}
    for key, proposed in chosen.items():
        formed = _form(key, proposed, judged)
        if isinstance(formed, Departure):
            departures[key] = formed
        else:
            reasons[key] = formed
    return FormedTeams(inputs.facts, inputs.context, departures, reasons)


def _form(key: UUID, proposed: ProposedDeparture, inputs: DayInputs) -> Departure | str:
    """Return the departure with its proposed team, or the reason why it cannot have it."""
    if key not in inputs.departures:
        return "it has begun, is cancelled or is not for sale any more"
    if key in inputs.unknown:
        return "what it rests on could not be read; try again in a moment"
    departure, facts = inputs.departures[key].model_copy(deep=True), inputs.facts
    departure.trail_id = proposed.after.trail_id
    departure.unassigned_reason = proposed.after.reason
    assessment = assess(Demand.of(key, departure, inputs.day, facts.snapshot), facts, inputs.context)
    if reason := _reason_against(proposed, assessment):
        return reason
    departure.team = form_team(proposed.after.guide_ids, departure, assessment, facts, inputs.context)
    return departure


def _reason_against(proposed: ProposedDeparture, assessment: Assessment) -> str:
    able = {candidate.guide.id for candidate in assessment.candidates}
    against = []
    for guide in proposed.after.guides:
        if guide.guide_id not in able:
            exclusion = assessment.excluded.get(guide.guide_id)
            why = in_short(exclusion.rule, exclusion.message) if exclusion else "not known any more"
            against.append(f"{guide.name}: {why}")
    return "; ".join(against)
