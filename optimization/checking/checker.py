"""Every check, by the rule it is about."""

from collections.abc import Callable, Collection, Iterable, Iterator
from uuid import UUID

from optimization.checking import hours, people, places, restrictions, teams, untouched, wishes
from optimization.checking.evidence import Broken, Evidence, Finding, HardRule, Judged
from scheduling.domain.document import DepartureStatus

CHECKS: dict[HardRule, Callable[[Judged], Iterator[Broken]]] = {
    HardRule.REGION: people.each(people.region),
    HardRule.ACTIVITY: people.each(people.activity),
    HardRule.ACTIVE: people.each(people.active),
    HardRule.AVAILABLE: people.available,
    HardRule.AVAILABILITY_EXCEPTION: people.each(people.availability_exception),
    HardRule.RESTRICTION: people.each(restrictions.restriction),
    HardRule.HELD_BY_EMERGENCY: people.each(people.held),
    HardRule.CERTIFICATION: people.each(people.certified),
    HardRule.OVERLAP: hours.overlap,
    HardRule.TURNAROUND: hours.turnaround,
    HardRule.REST: hours.rest,
    HardRule.TEAM_SIZE: teams.team_size,
    HardRule.ONE_LEAD: teams.one_lead,
    HardRule.COVER: teams.cover,
    HardRule.TRAIL_OPEN: places.trail_open,
    HardRule.TRAIL_FIT: places.trail_fit,
    HardRule.TRAIL_GROUP_SIZE: places.trail_group_size,
    HardRule.LOCATION_CAPACITY: places.location_capacity,
    HardRule.REQUIRED_GUIDE: wishes.required_guide,
    HardRule.EXCLUDED_GUIDE: wishes.excluded_guide,
    HardRule.ROOM: wishes.room,
    HardRule.WEATHER: wishes.weather,
    HardRule.ACCESSIBILITY: wishes.accessibility,
    HardRule.PINNED: untouched.pinned,
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
