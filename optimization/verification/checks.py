"""All checks by hard rule, and their application to the departures of a plan."""

from collections.abc import Callable, Collection, Iterable, Iterator
from uuid import UUID

from optimization.verification import (
    guides,
    hours,
    request_constraints,
    restrictions,
    teams,
    trails_and_camps,
    unchanged,
)
from optimization.verification.evidence import Breach, CheckedDeparture, Evidence, Finding, HardRule
from scheduling.domain.document import DepartureStatus

CHECKS: dict[HardRule, Callable[[CheckedDeparture], Iterator[Breach]]] = {
    HardRule.REGION: guides.for_each_guide(guides.check_region),
    HardRule.ACTIVITY: guides.for_each_guide(guides.check_activity),
    HardRule.ACTIVE: guides.for_each_guide(guides.check_active),
    HardRule.AVAILABLE: guides.check_available,
    HardRule.AVAILABILITY_EXCEPTION: guides.for_each_guide(guides.check_availability_exception),
    HardRule.RESTRICTION: restrictions.check_restrictions,
    HardRule.HELD_BY_EMERGENCY: guides.for_each_guide(guides.check_held),
    HardRule.CERTIFICATION: guides.for_each_guide(guides.check_certified),
    HardRule.OVERLAP: hours.check_overlap,
    HardRule.TURNAROUND: hours.check_turnaround,
    HardRule.REST: hours.check_rest,
    HardRule.TEAM_SIZE: teams.check_team_size,
    HardRule.ONE_LEAD: teams.check_one_lead,
    HardRule.COVER: teams.check_cover,
    HardRule.TRAIL_OPEN: trails_and_camps.check_trail_open,
    HardRule.TRAIL_FIT: trails_and_camps.check_trail_fit,
    HardRule.TRAIL_GROUP_SIZE: trails_and_camps.check_trail_group_size,
    HardRule.LOCATION_CAPACITY: trails_and_camps.check_location_capacity,
    HardRule.REQUIRED_GUIDE: request_constraints.check_required_guide,
    HardRule.EXCLUDED_GUIDE: request_constraints.check_excluded_guide,
    HardRule.ROOM: request_constraints.check_room,
    HardRule.WEATHER: request_constraints.check_weather,
    HardRule.ACCESSIBILITY: request_constraints.check_accessibility,
    HardRule.PINNED: unchanged.check_pinned,
}


def check_departures(evidence: Evidence, departure_ids: Collection[UUID]) -> list[Finding]:
    """Return every breach of a hard rule by these departures of `evidence`; unstaffed ones have none."""
    return [
        Finding(rule, checked.id, breach.message, breach.guide_id, breach.about, breach.excess)
        for checked in _staffed(evidence, departure_ids)
        for rule, check in CHECKS.items()
        for breach in check(checked)
    ]


def _staffed(evidence: Evidence, departure_ids: Collection[UUID]) -> Iterator[CheckedDeparture]:
    for key in sorted(departure_ids):
        departure = evidence.departures.get(key)
        if departure is not None and departure.team and departure.status != DepartureStatus.CANCELLED:
            yield CheckedDeparture(key, departure, evidence)


def is_new_since(finding: Finding, before: Iterable[Finding]) -> bool:
    """Return whether `before` has no finding of the same rule and place with at least the same excess."""
    return not any(_place(earlier) == _place(finding) and earlier.excess >= finding.excess for earlier in before)


def _place(finding: Finding) -> tuple[HardRule, UUID | None, UUID | None, str]:
    return (finding.rule, finding.departure_id, finding.guide_id, finding.about)
