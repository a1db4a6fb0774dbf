"""Why nobody leads a departure, in the words that the daily schedule keeps."""

from collections.abc import Mapping
from uuid import UUID

from optimization.candidates.assessment import Assessment
from optimization.candidates.brief import lacking
from optimization.solver.problem import DayPlan, DayProblem, Location, UnstaffedReason
from optimization.solver.staffing import Staffing, group_by_departure
from scheduling.domain.document import UnassignedReason

_WHY = {
    UnstaffedReason.NO_CANDIDATE: "nobody may lead it",
    UnstaffedReason.PINNED_GUIDE_UNAVAILABLE: "a pinned guide may not lead it any more",
    UnstaffedReason.REQUIRED_GUIDE_UNAVAILABLE: "a required guide may not lead it",
    UnstaffedReason.TEAM_TOO_LARGE: "more guides are pinned or required than a team has",
    UnstaffedReason.NOBODY_CAN_LEAD: "nobody of those who may come can lead",
    UnstaffedReason.GROUP_NOT_COVERED: "no team of three may lead a group of this size",
    UnstaffedReason.LOCATION_FULL: "the base camp is full at that time",
    UnstaffedReason.GUIDES_NEEDED_ELSEWHERE: "those who may lead it are needed on other departures",
    UnstaffedReason.PINNED_GUIDES_IN_THE_WAY: "it would take guides off departures that they are pinned to",
    UnstaffedReason.CHANGE_BUDGET_SPENT: "it would move more people than allowed",
}


def why_unstaffed(
    problem: DayProblem, solved: DayPlan, assessments: Mapping[UUID, Assessment]
) -> dict[UUID, UnassignedReason]:
    """For each departure that the plan leaves without a team the reason, its counts, and what it lacks."""
    left = [departure for departure in problem.departures if departure.id in solved.unstaffed]
    ids = {departure.id for departure in left}
    staffings = group_by_departure(left, [pair for pair in problem.pairs if pair.departure_id in ids])
    locations = {location.id: location for location in problem.locations}
    found = {}
    for staffing in staffings:
        key, place = staffing.departure.id, staffing.departure.location_id
        location = locations.get(place) if place else None
        found[key] = reason_for(solved.unstaffed[key], staffing, location, assessments[key])
    return found


def reason_for(
    reason: UnstaffedReason, staffing: Staffing, location: Location | None, assessment: Assessment
) -> UnassignedReason:
    """One departure's, with the guides counted by what rules them out."""
    trip = assessment.demand.trip
    told = assessment.explain(reason.value, _WHY[reason])
    needed = lacking(reason, staffing, location, trip.required_certifications if trip else ())
    return told.model_copy(update={"message": f"{told.message}; possible with {needed}"}) if needed else told
