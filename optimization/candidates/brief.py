"""What an unstaffed departure lacks at least, in a few words and without solving anything again."""

from collections.abc import Collection

from optimization.solver.problem import Location, UnstaffedReason
from optimization.solver.staffing import Staffing, peak_load


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
    holds = f"holds {' and '.join(sorted(one.upper() for one in certifications))} and " if certifications else ""
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
