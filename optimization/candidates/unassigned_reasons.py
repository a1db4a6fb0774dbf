"""Why nobody leads a departure, in the words that the daily schedule keeps."""

from collections.abc import Collection, Mapping
from uuid import UUID

from optimization.candidates.assessment import Assessment
from optimization.solver.problem import DayProblem, Location
from optimization.solver.solution import DayPlan, UnstaffedReason
from optimization.solver.staffing import Staffing, group_by_departure, peak_load
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
    explained = assessment.explain(reason.value, _WHY[reason])
    needed = lacking(reason, staffing, location, trip.required_certifications if trip else ())
    return (
        explained.model_copy(update={"message": f"{explained.message}; possible with {needed}"})
        if needed
        else explained
    )


def lacking(
    reason: UnstaffedReason, staffing: Staffing, location: Location | None, certifications: Collection[str]
) -> str:
    """What would be enough by itself: "one more guide who holds SWIFT_WATER_RESCUE and may lead 8".

    Empty where no one thing would be, or a person has to decide.
    """
    if reason is UnstaffedReason.LOCATION_FULL:
        return _room(staffing, location)
    if reason in {
        UnstaffedReason.NO_CANDIDATE,
        UnstaffedReason.NOBODY_CAN_LEAD,
        UnstaffedReason.GROUP_NOT_COVERED,
        UnstaffedReason.GUIDES_NEEDED_ELSEWHERE,
    }:
        return one_more_guide(_led_by_one_more(reason, staffing), certifications)
    return ""


def one_more_guide(guests: int, certifications: Collection[str]) -> str:
    """A guide nobody has yet, described by what the departure asks of them."""
    holds = (
        f"holds {' and '.join(sorted(certification.upper() for certification in certifications))} and "
        if certifications
        else ""
    )
    return f"one more guide who {holds}may lead {max(guests, 1)}"


def _led_by_one_more(reason: UnstaffedReason, staffing: Staffing) -> int:
    """The guests left for one more guide when the largest of the others come along."""
    if reason is UnstaffedReason.GUIDES_NEEDED_ELSEWHERE:
        return staffing.need.guests
    largest = sorted((pair.capacity for pair in staffing.free), reverse=True)[: max(0, staffing.need.places - 1)]
    return staffing.need.guests - sum(largest)


def _room(staffing: Staffing, location: Location | None) -> str:
    if location is None:
        return ""
    missing = staffing.departure.guests + peak_load(location, staffing.departure) - location.capacity
    return f"a base camp that takes {missing} more" if missing > 0 else "a base camp that takes more people"
