"""Every check, by the rule it is about."""

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
from optimization.verification.evidence import Broken, Evidence, Finding, HardRule, Judged
from scheduling.domain.document import DepartureStatus

CHECKS: dict[HardRule, Callable[[Judged], Iterator[Broken]]] = {
    HardRule.REGION: guides.each(guides.region),
    HardRule.ACTIVITY: guides.each(guides.activity),
    HardRule.ACTIVE: guides.each(guides.active),
    HardRule.AVAILABLE: guides.available,
    HardRule.AVAILABILITY_EXCEPTION: guides.each(guides.availability_exception),
    HardRule.RESTRICTION: guides.each(restrictions.restriction),
    HardRule.HELD_BY_EMERGENCY: guides.each(guides.held),
    HardRule.CERTIFICATION: guides.each(guides.certified),
    HardRule.OVERLAP: hours.overlap,
    HardRule.TURNAROUND: hours.turnaround,
    HardRule.REST: hours.rest,
    HardRule.TEAM_SIZE: teams.team_size,
    HardRule.ONE_LEAD: teams.one_lead,
    HardRule.COVER: teams.cover,
    HardRule.TRAIL_OPEN: trails_and_camps.trail_open,
    HardRule.TRAIL_FIT: trails_and_camps.trail_fit,
    HardRule.TRAIL_GROUP_SIZE: trails_and_camps.trail_group_size,
    HardRule.LOCATION_CAPACITY: trails_and_camps.location_capacity,
    HardRule.REQUIRED_GUIDE: request_constraints.required_guide,
    HardRule.EXCLUDED_GUIDE: request_constraints.excluded_guide,
    HardRule.ROOM: request_constraints.room,
    HardRule.WEATHER: request_constraints.weather,
    HardRule.ACCESSIBILITY: request_constraints.accessibility,
    HardRule.PINNED: unchanged.pinned,
}


def broken_rules(evidence: Evidence, departure_ids: Collection[UUID]) -> list[Finding]:
    """Every hard rule that these departures of `evidence` break; one without a team breaks none."""
    return [
        Finding(rule, judged.id, broken.message, broken.guide_id, broken.about, broken.excess)
        for judged in _staffed(evidence, departure_ids)
        for rule, check in CHECKS.items()
        for broken in check(judged)
    ]


def _staffed(evidence: Evidence, departure_ids: Collection[UUID]) -> Iterator[Judged]:
    for key in sorted(departure_ids):
        departure = evidence.departures.get(key)
        if departure is not None and departure.team and departure.status != DepartureStatus.CANCELLED:
            yield Judged(key, departure, evidence)


def is_new_since(finding: Finding, before: Iterable[Finding]) -> bool:
    """Whether none of `before` is the same rule, broken at the same place, and as badly."""
    return not any(_place(one) == _place(finding) and one.excess >= finding.excess for one in before)


def _place(finding: Finding) -> tuple[HardRule, UUID | None, UUID | None, str]:
    return (finding.rule, finding.departure_id, finding.guide_id, finding.about)
