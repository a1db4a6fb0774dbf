"""The reason for which a departure has no team, in the words that the daily schedule keeps."""

from collections.abc import Collection, Mapping
from uuid import UUID

from optimization.candidates.assessment import Assessment
from optimization.solver.problem import DayProblem, Location
from optimization.solver.solution import DayPlan, UnstaffedReason
from optimization.solver.staffing import Staffing, group_by_departure, peak_load
from scheduling.domain.document import UnassignedReason
from scheduling.domain.words import values_in_words

# Where there is no candidate, the count of what excludes the guides says it all.
_MESSAGES = {
    UnstaffedReason.PINNED_GUIDE_UNAVAILABLE: "a pinned guide may not lead it any more",
    UnstaffedReason.REQUIRED_GUIDE_UNAVAILABLE: "a required guide may not lead it",
    UnstaffedReason.TEAM_TOO_LARGE: "more guides are pinned or required than a team has",
    UnstaffedReason.NOBODY_CAN_LEAD: "none of the eligible guides can lead",
    UnstaffedReason.GROUP_NOT_COVERED: "no team of three may lead a group of this size",
    UnstaffedReason.LOCATION_FULL: "the base camp is full at that time",
    UnstaffedReason.GUIDES_NEEDED_ELSEWHERE: "those who may lead it are needed on other departures",
    UnstaffedReason.PINNED_GUIDES_IN_THE_WAY: "it would take guides off departures that they are pinned to",
    UnstaffedReason.CHANGE_BUDGET_SPENT: "it would move more people than allowed",
}


def explain_unstaffed(
    problem: DayProblem, solved: DayPlan, assessments: Mapping[UUID, Assessment]
) -> dict[UUID, UnassignedReason]:
    """Return the reason, with counts and a sufficient addition, for each departure that the plan leaves unstaffed."""
    unstaffed = [departure for departure in problem.departures if departure.id in solved.unstaffed]
    if not unstaffed:
        return {}
    ids = {departure.id for departure in unstaffed}
    staffings = group_by_departure(unstaffed, [pair for pair in problem.pairs if pair.departure_id in ids])
    locations = {location.id: location for location in problem.locations}
    reasons = {}
    for staffing in staffings:
        key, place = staffing.departure.id, staffing.departure.location_id
        location = locations.get(place) if place else None
        reasons[key] = unassigned_reason_of(solved.unstaffed[key], staffing, location, assessments[key])
    return reasons


def unassigned_reason_of(
    reason: UnstaffedReason, staffing: Staffing, location: Location | None, assessment: Assessment
) -> UnassignedReason:
    """Return one departure's reason, with the guides counted by what excludes them."""
    trip = assessment.demand.trip
    explained = assessment.explain(reason.value, _MESSAGES.get(reason, ""))
    addition = sufficient_addition(reason, staffing, location, trip.required_certifications if trip else ())
    return (
        explained.model_copy(update={"message": f"{explained.message}; possible with {addition}"})
        if addition
        else explained
    )


def sufficient_addition(
    reason: UnstaffedReason, staffing: Staffing, location: Location | None, certifications: Collection[str]
) -> str:
    """Describe the one addition that would suffice: "one more guide who holds swift-water rescue and may lead 8".

    Empty where no single addition would, or where a person has to decide.
    """
    if reason is UnstaffedReason.LOCATION_FULL:
        return _larger_base_camp(staffing, location)
    if reason in {
        UnstaffedReason.NO_CANDIDATE,
        UnstaffedReason.NOBODY_CAN_LEAD,
        UnstaffedReason.GROUP_NOT_COVERED,
        UnstaffedReason.GUIDES_NEEDED_ELSEWHERE,
    }:
        return additional_guide(_capacity_required(reason, staffing), certifications)
    return ""


def additional_guide(guests: int, certifications: Collection[str]) -> str:
    """Describe a guide not employed yet by what the departure requires of them."""
    holds = f"holds {values_in_words(certifications)} and " if certifications else ""
    return f"one more guide who {holds}may lead {max(guests, 1)}"


def _capacity_required(reason: UnstaffedReason, staffing: Staffing) -> int:
    """Return the guests left for an additional guide when those of the largest capacity come along."""
    if reason is UnstaffedReason.GUIDES_NEEDED_ELSEWHERE:
        return staffing.need.guests
    largest = sorted((pair.capacity for pair in staffing.free), reverse=True)[: max(0, staffing.need.places - 1)]
    return staffing.need.guests - sum(largest)


def _larger_base_camp(staffing: Staffing, location: Location | None) -> str:
    if location is None:
        return ""
    missing = staffing.departure.guests + peak_load(location, staffing.departure) - location.capacity
    return f"a base camp that takes {missing} more" if missing > 0 else "a base camp that takes more people"
